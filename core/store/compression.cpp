#include "core/store/compression.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <zlib.h>

namespace residuum {

namespace {

constexpr std::size_t leastBytes = 4096; ///< below, a chunk's own bookkeeping eats what is saved
constexpr std::size_t sampleValues = 16384;
constexpr double worthwhile = 0.8;

/// Bytes of equal significance side by side, as HDF5's shuffle filter lays them.
template <class Stored>
std::vector<unsigned char> shuffled(std::span<const double> values) {
    std::vector<unsigned char> bytes(values.size() * sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto value = static_cast<Stored>(values[i]);
        unsigned char raw[sizeof(Stored)];
        std::memcpy(raw, &value, sizeof value);
        for (std::size_t b = 0; b < sizeof(Stored); ++b)
            bytes[b * values.size() + i] = raw[b];
    }
    return bytes;
}

std::vector<unsigned char> shuffled(std::span<const double> values, StoredNumber type) {
    switch (type) {
    case StoredNumber::Float32:
        return shuffled<float>(values);
    case StoredNumber::Float64:
        return shuffled<double>(values);
    case StoredNumber::Int32:
        return shuffled<std::int32_t>(values);
    }
    return {};
}

} // namespace

bool compressionPays(std::span<const double> values, StoredNumber type) {
    if (values.size() * byteSize(type) < leastBytes)
        return false;
    const auto count = std::min(values.size(), sampleValues);
    const auto bytes = shuffled(values.subspan((values.size() - count) / 2, count), type);
    auto size = ::compressBound(bytes.size());
    std::vector<unsigned char> packed(size);
    return ::compress2(packed.data(), &size, bytes.data(), bytes.size(), deflateLevel) == Z_OK &&
           static_cast<double>(size) < worthwhile * static_cast<double>(bytes.size());
}

std::vector<std::int64_t> chunkShape(std::vector<std::int64_t> shape, std::size_t elementBytes) {
    constexpr std::int64_t most = 1 << 20;
    for (auto& extent : shape) {
        const auto bytes =
            std::accumulate(shape.begin(), shape.end(), static_cast<std::int64_t>(elementBytes),
                            std::multiplies<>());
        if (bytes <= most)
            break;
        extent = std::max<std::int64_t>(1, extent * most / bytes);
    }
    return shape;
}

} // namespace residuum
