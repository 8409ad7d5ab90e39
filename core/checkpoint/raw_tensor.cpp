#include "core/checkpoint/raw_tensor.h"

#include "core/task/error.h"

#include <algorithm>

namespace residuum::checkpoint {

std::string name(ElementType type) {
    switch (type) {
    case ElementType::Bool:
        return "bool";
    case ElementType::UInt8:
        return "uint8";
    case ElementType::Int8:
        return "int8";
    case ElementType::Int16:
        return "int16";
    case ElementType::UInt16:
        return "uint16";
    case ElementType::Int32:
        return "int32";
    case ElementType::UInt32:
        return "uint32";
    case ElementType::Int64:
        return "int64";
    case ElementType::UInt64:
        return "uint64";
    case ElementType::Float8:
        return "float8";
    case ElementType::Float16:
        return "float16";
    case ElementType::BFloat16:
        return "bfloat16";
    case ElementType::Float32:
        return "float32";
    case ElementType::Float64:
        return "float64";
    }
    return "unknown";
}

std::size_t byteSize(ElementType type) {
    switch (type) {
    case ElementType::Bool:
    case ElementType::UInt8:
    case ElementType::Int8:
    case ElementType::Float8:
        return 1;
    case ElementType::Int16:
    case ElementType::UInt16:
    case ElementType::Float16:
    case ElementType::BFloat16:
        return 2;
    case ElementType::Int32:
    case ElementType::UInt32:
    case ElementType::Float32:
        return 4;
    case ElementType::Int64:
    case ElementType::UInt64:
    case ElementType::Float64:
        return 8;
    }
    return 1;
}

std::int64_t RawTensor::count() const {
    return static_cast<std::int64_t>(bytes.size() / byteSize(type));
}

std::optional<std::int64_t> elementCount(const std::vector<std::int64_t>& shape) {
    return byteCount(shape, 1);
}

std::optional<std::int64_t> byteCount(const std::vector<std::int64_t>& shape,
                                      std::size_t elementSize) {
    auto product = static_cast<std::int64_t>(elementSize);
    for (const std::int64_t extent : shape) {
        if (extent < 0 || __builtin_mul_overflow(product, extent, &product))
            return std::nullopt;
    }
    return product;
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + "]";
}

std::string subject(const std::filesystem::path& file, const std::string& tensor) {
    return file.string() + ", tensor " + tensor;
}

std::string listOf(const std::vector<std::string>& names, std::size_t limit) {
    std::string text;
    for (std::size_t i = 0; i < std::min(limit, names.size()); ++i)
        text += (i == 0 ? "" : ", ") + oneLine(names[i], 80);
    if (names.size() > limit)
        text += " and " + std::to_string(names.size() - limit) + " more";
    return text;
}

} // namespace residuum::checkpoint
