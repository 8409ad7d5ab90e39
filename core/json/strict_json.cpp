#include "core/json/strict_json.h"

#include "core/task/error.h"

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace residuum {

namespace {

using Json = nlohmann::json;
using Event = Json::parse_event_t;
constexpr int maxDepth = 32;

/// Watches the parser for what it lets pass: repeated keys and bottomless nesting.
class StrictReader {
  public:
    explicit StrictReader(const std::filesystem::path& file) : file_(file) {}

    bool operator()(int depth, Event event, Json& parsed) {
        switch (event) {
        case Event::object_start:
        case Event::array_start:
            if (depth > maxDepth)
                throw Error(file_.string(), "has JSON nested deeper than " +
                                                std::to_string(maxDepth) +
                                                " levels; no file of this kind has");
            if (event == Event::object_start)
                keys_.emplace_back();
            break;
        case Event::object_end:
            keys_.pop_back();
            break;
        case Event::key: {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!keys_.back().insert(key).second)
                throw Error(file_.string() + ", key \"" + oneLine(key, 60) + "\"",
                            "is there twice in one object; which of the two counts would be a "
                            "guess");
            break;
        }
        default:
            break;
        }
        return true;
    }

  private:
    const std::filesystem::path& file_;
    std::vector<std::unordered_set<std::string>> keys_; ///< of the objects that are open
};

/// nlohmann's message without its "[json.exception...]" prefix.
std::string withoutPrefix(const std::string& message) {
    const auto bracket = message.find("] ");
    return bracket == std::string::npos ? message : message.substr(bracket + 2);
}

} // namespace

Json parseStrictJson(const std::filesystem::path& file, std::string_view text) {
    try {
        StrictReader reader(file);
        return Json::parse(text.begin(), text.end(), std::ref(reader));
    } catch (const Json::exception& error) {
        throw Error(file.string(), "is not valid JSON: " + withoutPrefix(error.what()) +
                                       "; the file may be cut short, get it again");
    }
}

std::string jsonLine(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace residuum
