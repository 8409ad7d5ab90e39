#include "core/checkpoint/json_text.h"

#include "core/checkpoint/foreign_file.h"
#include "core/checkpoint/mapped_file.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <limits>

namespace residuum::checkpoint {

using Json = nlohmann::json;

Json parseObject(const std::filesystem::path& file, std::string_view text) {
    auto json = parseStrictJson(file, text);
    if (!json.is_object())
        throw Error(file.string(), std::string("has a JSON ") + json.type_name() +
                                       " where an object {...} is expected");
    return json;
}

Json readObject(const std::filesystem::path& file, std::size_t maxBytes) {
    const auto mapped = MappedFile::open(file);
    const auto bytes = mapped->bytes();
    if (bytes.size() > maxBytes)
        throw Error(file.string(), "has " + std::to_string(bytes.size()) +
                                       " bytes, expected at most " + std::to_string(maxBytes));
    refuseLfsPointer(*mapped);
    if (const auto kind = looksLike(bytes);
        !kind.empty() && kind != "JSON text" && kind != "plain text")
        throw Error(file.string(), "is no JSON, but looks like " + kind);
    auto json = parseObject(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    mapped->requireUnchanged();
    return json;
}

std::optional<std::int64_t> asInteger(const Json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    return std::nullopt;
}

bool isUtf8(const std::string& text) {
    try {
        (void)Json(text).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

std::string shown(const Json& value) {
    return oneLine(value.dump(-1, ' ', false, Json::error_handler_t::replace), 80);
}

} // namespace residuum::checkpoint
