// What the containers (safetensors, torch archives) hand on: tensors as bytes, nothing interpreted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace residuum::checkpoint {

enum class ElementType {
    Bool,
    UInt8,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float8,
    Float16,
    BFloat16,
    Float32,
    Float64
};
/// "bool", "int8", …, "float64".
std::string name(ElementType type);
std::size_t byteSize(ElementType type);

/// A row-major, contiguous tensor. `bytes` has exactly the size that type and shape demand.
struct RawTensor {
    std::string name;
    ElementType type = ElementType::Float32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
    std::filesystem::path file; ///< for messages

    std::int64_t count() const;
};

class MappedFile;

/// All tensors of a checkpoint's files; `files` and `copies` keep their bytes alive.
struct RawCheckpoint {
    std::vector<RawTensor> tensors;
    std::string container;             ///< as in Checkpoint
    std::vector<std::string> warnings; ///< sentences about the choice of files
    std::vector<std::shared_ptr<const MappedFile>> files;
    std::vector<std::shared_ptr<const void>> copies; ///< of tensors that lie otherwise in a file
};

/// Product of `shape`; empty where an extent is negative or the product overflows.
std::optional<std::int64_t> elementCount(const std::vector<std::int64_t>& shape);
/// Product of `shape` and `elementSize`; empty as above.
std::optional<std::int64_t> byteCount(const std::vector<std::int64_t>& shape,
                                      std::size_t elementSize);
/// "[61, 16]".
std::string shapeText(const std::vector<std::int64_t>& shape);

/// The subject of an error about one tensor or key of a file.
std::string subject(const std::filesystem::path& file, const std::string& tensor);
/// "a, b, c and 4 more": `names`, at most `limit` of them.
std::string listOf(const std::vector<std::string>& names, std::size_t limit = 5);

} // namespace residuum::checkpoint
