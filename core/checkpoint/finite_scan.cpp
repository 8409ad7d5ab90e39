#include "core/checkpoint/finite_scan.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace residuum::checkpoint {

namespace {

// An element is not finite when all its exponent bits are set. Adding the exponent's lowest bit to
// the masked exponent then carries into the sign bit, so that OR-ing the sums keeps the verdict.
template <typename Bits>
struct Format {
    Bits exponent;
    Bits lowest;
};
constexpr Format<std::uint32_t> float32 = {0x7F800000U, 0x00800000U};
constexpr Format<std::uint64_t> float64 = {0x7FF0000000000000U, 0x0010000000000000U};
constexpr Format<std::uint16_t> float16 = {0x7C00U, 0x0400U};
constexpr Format<std::uint16_t> bfloat16 = {0x7F80U, 0x0080U};

template <typename Bits>
Bits carry(Bits value, Format<Bits> format) {
    return static_cast<Bits>((value & format.exponent) + format.lowest);
}

template <typename Bits>
constexpr Bits signBit = static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1));

template <typename Bits>
bool scan(std::span<const std::byte> bytes, Format<Bits> format) {
    constexpr std::size_t lanes = 64 / sizeof(Bits);
    const std::size_t count = bytes.size() / sizeof(Bits);
    Bits seen[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        Bits values[lanes];
        std::memcpy(values, bytes.data() + i * sizeof(Bits), sizeof values);
        for (std::size_t lane = 0; lane < lanes; ++lane)
            seen[lane] = static_cast<Bits>(seen[lane] | carry(values[lane], format));
    }
    Bits all = 0;
    for (const Bits lane : seen)
        all = static_cast<Bits>(all | lane);
    for (; i < count; ++i) {
        Bits value{};
        std::memcpy(&value, bytes.data() + i * sizeof(Bits), sizeof value);
        all = static_cast<Bits>(all | carry(value, format));
    }
    return (all & signBit<Bits>) == 0;
}

template <typename Bits>
std::optional<std::size_t> find(std::span<const std::byte> bytes, Format<Bits> format) {
    for (std::size_t i = 0; i < bytes.size() / sizeof(Bits); ++i) {
        Bits value{};
        std::memcpy(&value, bytes.data() + i * sizeof(Bits), sizeof value);
        if ((carry(value, format) & signBit<Bits>) != 0)
            return i;
    }
    return std::nullopt;
}

} // namespace

bool allFinite(StoredType type, std::span<const std::byte> bytes) {
    switch (type) {
    case StoredType::Float32:
        return scan(bytes, float32);
    case StoredType::Float64:
        return scan(bytes, float64);
    case StoredType::Float16:
        return scan(bytes, float16);
    case StoredType::BFloat16:
        return scan(bytes, bfloat16);
    }
    return false;
}

std::optional<std::size_t> firstNonFinite(StoredType type, std::span<const std::byte> bytes) {
    switch (type) {
    case StoredType::Float32:
        return find(bytes, float32);
    case StoredType::Float64:
        return find(bytes, float64);
    case StoredType::Float16:
        return find(bytes, float16);
    case StoredType::BFloat16:
        return find(bytes, bfloat16);
    }
    return std::nullopt;
}

} // namespace residuum::checkpoint
