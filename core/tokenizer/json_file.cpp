#include "core/tokenizer/json_file.h"

#include "core/json/strict_json.h"
#include "core/task/error.h"
#include "core/tokenizer/tokenizer.h"

#include <fstream>
#include <system_error>

namespace residuum {

namespace {

constexpr std::uintmax_t mostBytes = 64U << 20; // GPT-2's largest is 2 MB
} // namespace

std::string readTokenizerFile(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        throw Error(file.string(), "is missing or not a regular file; expected a tokenizer file");
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error)
        throw Error(file.string(), "cannot be read: " + error.message());
    if (size > mostBytes)
        throw Error(file.string(), "has " + std::to_string(size) +
                                       " bytes; expected a tokenizer file of at most " +
                                       std::to_string(mostBytes));
    std::ifstream stream(file, std::ios::binary);
    std::string content(size, '\0');
    if (!stream || !stream.read(content.data(), static_cast<std::streamsize>(size)))
        throw Error(file.string(), "cannot be read; check that you may open it");
    return content;
}

nlohmann::json readTokenizerJson(const std::filesystem::path& file) {
    return parseStrictJson(file, readTokenizerFile(file));
}

std::string inQuotes(std::string_view text) {
    return '"' + oneLine(escapeInvalidUtf8(text.substr(0, 4096)), 60) + '"';
}

} // namespace residuum
