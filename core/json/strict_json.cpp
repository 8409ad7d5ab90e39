#include "core/json/strict_json.h"

#include "core/task/error.h"

#include <algorithm>
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

/// Where the parser gave up, and what stands there. `byte` counts from 1.
std::string problemAt(std::string_view text, std::size_t byte) {
    const auto at = std::min(byte > 0 ? byte - 1 : 0, text.size());
    const auto before = text.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto column = at - (before.rfind('\n') + 1) + 1;
    const auto place = " at line " + std::to_string(line) + ", column " + std::to_string(column);
    if (text.find_first_not_of(" \t\r\n", at) == std::string_view::npos)
        return "it ends" + place +
               " before it is complete; the file may be cut short, get it again";
    return "\"" + oneLine(std::string(text.substr(at, 1)), 8) + "\"" + place +
           " does not belong there; the file is damaged or of another kind";
}

/// The word after `mark` in a message, where it is the name of a JSON type; else "".
std::string typeAfter(const std::string& message, std::string_view mark) {
    const auto found = message.find(mark);
    if (found == std::string::npos)
        return {};
    const auto rest = message.substr(found + mark.size());
    for (const auto* type : {"string", "number", "boolean", "null"})
        if (rest.starts_with(type))
            return std::string("a ") + type;
    if (rest.starts_with("array"))
        return "a list";
    return rest.starts_with("object") ? "an object" : std::string();
}

} // namespace

Json parseStrictJson(const std::filesystem::path& file, std::string_view text) {
    try {
        StrictReader reader(file);
        return Json::parse(text.begin(), text.end(), std::ref(reader));
    } catch (const Json::parse_error& error) {
        throw Error(file.string(), "is not valid JSON: " + problemAt(text, error.byte));
    } catch (const Json::out_of_range&) {
        throw Error(file.string(), "is not valid JSON: it has a number too large to be read");
    }
}

std::string jsonProblem(const Json::exception& error) {
    const std::string message = error.what();
    if (error.id == 403) { // out_of_range: key '…' not found
        const auto first = message.find('\''), last = message.rfind('\'');
        if (first < last)
            return "\"" + oneLine(message.substr(first + 1, last - first - 1), 60) +
                   "\" is missing";
    }
    for (const auto* found :
         {"but is ", "with "}) { // type must be A, but is B; cannot use F with B
        const auto type = typeAfter(message, found);
        const auto wanted = typeAfter(message, "must be ");
        if (!type.empty())
            return (wanted.empty() ? "something else" : wanted) + " is expected where " + type +
                   " is";
    }
    return "a part of it is missing or not as expected";
}

std::string jsonLine(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace residuum
