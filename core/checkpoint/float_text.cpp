#include "core/checkpoint/float_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace residuum::checkpoint {

namespace {

template <typename T>
T load(std::span<const std::byte> bytes, std::int64_t index) {
    T value{};
    std::memcpy(&value, bytes.data() + static_cast<std::size_t>(index) * sizeof(T), sizeof(T));
    return value;
}

double halfToDouble(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 0x1F;
    const int fraction = bits & 0x3FF;
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 0x1F)
        return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    return exponent == 0 ? sign * std::ldexp(fraction, -24)
                         : sign * std::ldexp(fraction + 1024, exponent - 25);
}

float brainToFloat(std::uint16_t bits) {
    const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
    float value = 0;
    std::memcpy(&value, &wide, sizeof value);
    return value;
}

} // namespace

double elementAsDouble(ElementType type, std::span<const std::byte> bytes, std::int64_t index) {
    switch (type) {
    case ElementType::Bool:
    case ElementType::UInt8:
        return load<std::uint8_t>(bytes, index);
    case ElementType::Int8:
        return load<std::int8_t>(bytes, index);
    case ElementType::Int16:
        return load<std::int16_t>(bytes, index);
    case ElementType::UInt16:
        return load<std::uint16_t>(bytes, index);
    case ElementType::Int32:
        return load<std::int32_t>(bytes, index);
    case ElementType::UInt32:
        return load<std::uint32_t>(bytes, index);
    case ElementType::Int64:
        return static_cast<double>(load<std::int64_t>(bytes, index));
    case ElementType::UInt64:
        return static_cast<double>(load<std::uint64_t>(bytes, index));
    case ElementType::Float16:
        return halfToDouble(load<std::uint16_t>(bytes, index));
    case ElementType::BFloat16:
        return brainToFloat(load<std::uint16_t>(bytes, index));
    case ElementType::Float32:
        return load<float>(bytes, index);
    case ElementType::Float64:
        return load<double>(bytes, index);
    case ElementType::Float8:
        break;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

double elementAsDouble(const RawTensor& tensor, std::int64_t index) {
    return elementAsDouble(tensor.type, tensor.bytes, index);
}

std::string numberText(double value) {
    if (std::isnan(value))
        return "nan"; // whatever its sign bit
    std::array<char, 40> text{};
    const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

} // namespace residuum::checkpoint
