#include "support/safetensors_writer.h"

#include <fstream>
#include <stdexcept>

namespace residuum::test {

namespace {

void writeBytes(std::ofstream& file, const void* bytes, std::size_t size) {
    file.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
}

/// Enough for the names that tests use.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

} // namespace

std::string safetensorsHeader(const std::vector<NamedTensor>& tensors) {
    std::string header = R"({"__metadata__":{"format":"pt"})";
    std::size_t offset = 0;
    for (const NamedTensor& tensor : tensors) {
        header +=
            "," + quoted(tensor.name) + R"(:{"dtype":)" + quoted(tensor.dtype) + R"(,"shape":[)";
        for (std::size_t i = 0; i < tensor.shape.size(); ++i)
            header += (i == 0 ? "" : ",") + std::to_string(tensor.shape[i]);
        header += R"(],"data_offsets":[)" + std::to_string(offset) + "," +
                  std::to_string(offset + tensor.bytes.size()) + "]}";
        offset += tensor.bytes.size();
    }
    return header + "}";
}

void writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors) {
    std::string header = safetensorsHeader(tensors);
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::ofstream file(path, std::ios::binary);
    const std::uint64_t length = header.size();
    writeBytes(file, &length, sizeof length);
    writeBytes(file, header.data(), header.size());
    for (const NamedTensor& tensor : tensors)
        writeBytes(file, tensor.bytes.data(), tensor.bytes.size());
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + path.string());
}

void writeRawSafetensors(const std::filesystem::path& path, const std::string& header,
                         std::span<const std::byte> data) {
    std::ofstream file(path, std::ios::binary);
    const std::uint64_t length = header.size();
    writeBytes(file, &length, sizeof length);
    writeBytes(file, header.data(), header.size());
    writeBytes(file, data.data(), data.size());
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + path.string());
}

} // namespace residuum::test
