// Writes safetensors files for tests, well-formed ones and, through writeRawSafetensors, broken
// ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace residuum::test {

/// One tensor as it goes into the file. `dtype` is the format's: "F32", "F16", "BF16", "I64" …
struct NamedTensor {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};

/// The bytes of `values`, for NamedTensor::bytes.
template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    const auto raw = std::as_bytes(std::span(values));
    return {raw.begin(), raw.end()};
}

/// The JSON header for `tensors` laid out one after the other, without padding.
std::string safetensorsHeader(const std::vector<NamedTensor>& tensors);

/// Throws std::runtime_error where the file cannot be written.
void writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors);

/// Any header over any data: what it says need not be true.
void writeRawSafetensors(const std::filesystem::path& path, const std::string& header,
                         std::span<const std::byte> data);

} // namespace residuum::test
