#include "core/checkpoint/float_conversion.h"

#include "core/checkpoint/float_text.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace residuum::checkpoint {

namespace {

/// A 16-bit float of so many bits of exponent, the rest but the sign being its fraction.
template <int exponentBits>
struct Narrow {
    static constexpr int fractionBits = 15 - exponentBits;
    static constexpr int bias = (1 << (exponentBits - 1)) - 1;

    static std::uint16_t of(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const auto sign = static_cast<std::uint16_t>(bits >> 48U & 0x8000U);
        const int field = static_cast<int>(bits >> 52U & 0x7FFU);
        if (field == 0)
            return sign; // zero, or far below what any 16-bit float has
        const std::uint64_t fraction = (bits & ((1ULL << 52U) - 1)) | 1ULL << 52U;
        const int exponent = std::min(field - 1023 + bias, 1 << exponentBits);
        // Numbers below the smallest normal one lose a bit for each power of two.
        const int lost = std::min(52 - fractionBits + std::max(1 - exponent, 0), 63);
        const std::uint64_t half = 1ULL << static_cast<unsigned>(lost - 1);
        const std::uint64_t rest = fraction & ((half << 1U) - 1);
        std::uint64_t kept = fraction >> static_cast<unsigned>(lost);
        kept += rest > half || (rest == half && (kept & 1U) != 0) ? 1 : 0;
        // A carry goes on into the exponent; the leading one of a normal number adds 1 to it.
        if (exponent > 0)
            kept += static_cast<std::uint64_t>(exponent - 1) << fractionBits;
        constexpr std::uint64_t infinity = ((1ULL << exponentBits) - 1) << fractionBits;
        return static_cast<std::uint16_t>(sign | std::min(kept, infinity));
    }
};

template <class T, class Convert>
void encodeAs(std::span<const double> values, std::span<std::byte> bytes, const Convert& convert) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const T number = convert(values[i]);
        std::memcpy(bytes.data() + i * sizeof number, &number, sizeof number);
    }
}

ElementType elementType(StoredType type) {
    switch (type) {
    case StoredType::Float64:
        return ElementType::Float64;
    case StoredType::Float16:
        return ElementType::Float16;
    case StoredType::BFloat16:
        return ElementType::BFloat16;
    case StoredType::Float32:
        break;
    }
    return ElementType::Float32;
}

/// What C++ does not define beyond float's range.
float toFloat(double value) {
    // Halfway between float's largest number and the next one it would have: rounds to even, up.
    constexpr double limit = 0x1.ffffffp127;
    if (std::fabs(value) >= limit)
        return static_cast<float>(std::copysign(std::numeric_limits<double>::infinity(), value));
    return static_cast<float>(value);
}

} // namespace

void decode(StoredType type, std::span<const std::byte> bytes, std::span<double> values) {
    const auto element = elementType(type);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (type == StoredType::Float32) { // by far the most of them
            float number = 0;
            std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
            values[i] = number;
        } else {
            values[i] = elementAsDouble(element, bytes, static_cast<std::int64_t>(i));
        }
    }
}

void encode(StoredType type, std::span<const double> values, std::span<std::byte> bytes) {
    switch (type) {
    case StoredType::Float64:
        return encodeAs<double>(values, bytes, [](double value) { return value; });
    case StoredType::Float16:
        return encodeAs<std::uint16_t>(values, bytes, Narrow<5>::of);
    case StoredType::BFloat16:
        return encodeAs<std::uint16_t>(values, bytes, Narrow<8>::of);
    case StoredType::Float32:
        return encodeAs<float>(values, bytes, toFloat);
    }
}

double largestNumber(StoredType type) {
    switch (type) {
    case StoredType::Float64:
        return std::numeric_limits<double>::max();
    case StoredType::Float16:
        return 65504.0;
    case StoredType::BFloat16:
        return 0x1.fep127;
    case StoredType::Float32:
        break;
    }
    return std::numeric_limits<float>::max();
}

double smallestNormalNumber(StoredType type) {
    switch (type) {
    case StoredType::Float64:
        return std::numeric_limits<double>::min();
    case StoredType::Float16:
        return 0x1p-14;
    case StoredType::BFloat16:
    case StoredType::Float32:
        break;
    }
    return std::numeric_limits<float>::min();
}

} // namespace residuum::checkpoint
