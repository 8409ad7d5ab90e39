#include "core/checkpoint/json_text.h"

#include "core/checkpoint/mapped_file.h"
#include "core/task/error.h"

#include <limits>
#include <set>
#include <vector>

namespace residuum::checkpoint {

namespace {

using Json = nlohmann::json;
constexpr int maxDepth = 32;

/// Watches the parser for what it lets pass: repeated keys and bottomless nesting.
class StrictReader {
  public:
    explicit StrictReader(const std::filesystem::path& file) : file_(file) {}

    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        switch (event) {
        case Json::parse_event_t::object_start:
        case Json::parse_event_t::array_start:
            if (depth > maxDepth)
                throw Error(file_.string(), "has JSON nested deeper than " +
                                                std::to_string(maxDepth) +
                                                " levels; no checkpoint's is");
            if (event == Json::parse_event_t::object_start)
                keys_.emplace_back();
            break;
        case Json::parse_event_t::object_end:
            keys_.pop_back();
            break;
        case Json::parse_event_t::key:
            if (!keys_.back().insert(parsed.get<std::string>()).second)
                throw Error(file_.string() + ", key " + parsed.get<std::string>(),
                            "is there twice in one JSON object; which of the two counts would be "
                            "a guess");
            break;
        default:
            break;
        }
        return true;
    }

  private:
    const std::filesystem::path& file_;
    std::vector<std::set<std::string>> keys_;
};

/// nlohmann's message without its "[json.exception...] parse error" prefix.
std::string withoutPrefix(const std::string& message) {
    const auto bracket = message.find("] ");
    return bracket == std::string::npos ? message : message.substr(bracket + 2);
}

} // namespace

Json parseObject(const std::filesystem::path& file, std::string_view text) {
    Json json;
    try {
        StrictReader reader(file);
        json = Json::parse(text.begin(), text.end(), std::ref(reader));
    } catch (const Json::exception& error) {
        throw Error(file.string(), "is not valid JSON: " + withoutPrefix(error.what()));
    }
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
    return parseObject(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
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
