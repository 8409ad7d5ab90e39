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

const nlohmann::json& memberOf(const nlohmann::json& object, const char* key) {
    static const nlohmann::json null;
    if (!object.is_object())
        return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

void refuseJson(const std::filesystem::path& file, const std::string& what,
                const nlohmann::json& found, const std::string& expected) {
    std::string shown = found.is_null() ? "missing or null" : found.type_name();
    const auto& type = memberOf(found, "type");
    if (type.is_string())
        shown = "of type " + inQuotes(type.get_ref<const std::string&>());
    else if (found.is_string())
        shown = inQuotes(found.get_ref<const std::string&>());
    else if (found.is_primitive() && !found.is_null())
        shown = found.dump();
    throw Error(file.string(), what + " is " + shown + "; expected " + expected);
}

bool flagOf(const std::filesystem::path& file, const std::string& where,
            const nlohmann::json& object, const char* key, bool otherwise) {
    const auto& value = memberOf(object, key);
    if (value.is_null())
        return otherwise;
    if (!value.is_boolean())
        refuseJson(file, where + '"' + key + '"', value, "true or false");
    return value.get<bool>();
}

std::string inQuotes(std::string_view text) {
    return '"' + oneLine(escapeInvalidUtf8(text.substr(0, 4096)), 60) + '"';
}

} // namespace residuum
