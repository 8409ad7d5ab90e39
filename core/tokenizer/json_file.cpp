#include "core/tokenizer/json_file.h"

#include "core/task/error.h"
#include "core/tokenizer/tokenizer.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <unordered_set>
#include <vector>

namespace residuum {

namespace {

constexpr std::uintmax_t mostBytes = 64U << 20; // GPT-2's largest is 2 MB
constexpr int deepest = 32;

using Event = nlohmann::json::parse_event_t;

/// Sees each event of the parser; holds the keys of the objects that are open.
class Guard {
  public:
    explicit Guard(const std::filesystem::path& file) : file_(file) {}

    void see(int depth, Event event, const nlohmann::json& parsed) {
        if (depth >= deepest)
            throw Error(file_.string(), "is nested deeper than " + std::to_string(deepest) +
                                            " levels; expected a tokenizer's JSON");
        // An object's keys are announced one level below its start.
        const auto level = static_cast<std::size_t>(depth);
        if (event == Event::object_start) {
            keys_.resize(std::max(keys_.size(), level + 2));
            keys_[level + 1].clear();
        } else if (event == Event::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!keys_[level].insert(key).second)
                throw Error(file_.string(), "has the key " + inQuotes(key) +
                                                " twice in one object; expected each key once");
        }
    }

  private:
    const std::filesystem::path& file_;
    std::vector<std::unordered_set<std::string>> keys_;
};

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
    const std::string content = readTokenizerFile(file);
    Guard guard(file);
    try {
        return nlohmann::json::parse(content,
                                     [&](int depth, Event event, const nlohmann::json& parsed) {
                                         guard.see(depth, event, parsed);
                                         return true;
                                     });
    } catch (const nlohmann::json::parse_error& error) {
        throw Error(file.string(), "is not valid JSON at byte " + std::to_string(error.byte) +
                                       "; the file may be cut short, get it again");
    } catch (const nlohmann::json::exception&) {
        throw Error(file.string(), "holds a number out of range; expected a tokenizer's JSON");
    }
}

std::string inQuotes(std::string_view text) {
    return '"' + oneLine(escapeInvalidUtf8(text.substr(0, 4096)), 60) + '"';
}

} // namespace residuum
