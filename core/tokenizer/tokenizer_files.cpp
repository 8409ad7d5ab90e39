#include "core/tokenizer/tokenizer_files.h"

#include "core/task/error.h"
#include "core/tokenizer/json_file.h"

#include <algorithm>
#include <system_error>

namespace residuum {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

bool isFile(const Path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

bool hasPair(const Path& folder) {
    return isFile(folder / "vocab.json") && isFile(folder / "merges.txt");
}

void addTokens(VocabularyBuilder& builder, const Json& vocabulary) {
    for (const auto& [text, id] : vocabulary.items())
        builder.addToken(text, id);
}

/// Splits "left right" at its one space.
void addMergeText(VocabularyBuilder& builder, const Path& file, const std::string& where,
                  std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == 0 || space == std::string_view::npos || space + 1 == text.size() ||
        text.find(' ', space + 1) != std::string_view::npos)
        throw Error(file.string(), where + " is " + inQuotes(text) +
                                       "; expected two tokens separated by one space");
    builder.addMerge(file, where, text.substr(0, space), text.substr(space + 1));
}

void addMergesText(VocabularyBuilder& builder, const Path& file) {
    const std::string content = readTokenizerFile(file);
    std::string_view rest = content;
    // Blank lines at the end are common; one in between is a sign of damage.
    rest = rest.substr(0, rest.find_last_not_of("\r\n") + 1);
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        // Only the first line: "#" begins merges of the real vocabulary.
        if (number == 1 && line.starts_with("#version"))
            continue;
        addMergeText(builder, file, "line " + std::to_string(number), line);
    }
}

Vocabulary readPair(const Path& folder) {
    const Path file = folder / "vocab.json";
    const Json vocabulary = readTokenizerJson(file);
    if (!vocabulary.is_object())
        throw Error(file.string(), std::string("is a JSON ") + vocabulary.type_name() +
                                       "; expected an object of tokens and their ids");
    VocabularyBuilder builder(file);
    addTokens(builder, vocabulary);
    addMergesText(builder, folder / "merges.txt");
    return builder.finish("vocab.json + merges.txt");
}

/// Reads tokenizer.json and refuses everything that would encode otherwise than GPT-2's does.
class TokenizerJson {
  public:
    explicit TokenizerJson(Path file) : file_(std::move(file)), root_(readTokenizerJson(file_)) {}

    Vocabulary read() const {
        if (!root_.is_object())
            refuse("the file", root_, "an object");
        if (!get(root_, "normalizer").is_null())
            refuse("\"normalizer\"", get(root_, "normalizer"), "null: GPT-2 has none");
        checkPreTokenizer(get(root_, "pre_tokenizer"));
        const Json& model = get(root_, "model");
        checkModel(model);
        VocabularyBuilder builder(file_);
        addAddedTokens(builder);
        addTokens(builder, get(model, "vocab"));
        addMerges(builder, get(model, "merges"));
        return builder.finish("tokenizer.json");
    }

  private:
    /// The value of `key`; null where there is none.
    static const Json& get(const Json& object, const char* key) {
        static const Json null;
        const auto found = object.find(key);
        return found == object.end() ? null : *found;
    }

    [[noreturn]] void refuse(const std::string& what, const Json& found,
                             const std::string& expected) const {
        std::string shown = found.is_null() ? "missing or null" : found.type_name();
        if (found.is_object() && get(found, "type").is_string())
            shown = "of type " + inQuotes(get(found, "type").get_ref<const std::string&>());
        else if (found.is_string())
            shown = inQuotes(found.get_ref<const std::string&>());
        else if (found.is_primitive() && !found.is_null())
            shown = found.dump();
        throw Error(file_.string(), what + " is " + shown + "; expected " + expected);
    }

    void checkPreTokenizer(const Json& pre) const {
        if (!pre.is_object() || get(pre, "type") != "ByteLevel")
            refuse("\"pre_tokenizer\"", pre, "an object of type \"ByteLevel\", as GPT-2's");
        if (get(pre, "add_prefix_space") != false)
            refuse("\"pre_tokenizer\": \"add_prefix_space\"", get(pre, "add_prefix_space"),
                   "false, as GPT-2's");
        const Json& regex = get(pre, "use_regex");
        if (!regex.is_null() && regex != true)
            refuse("\"pre_tokenizer\": \"use_regex\"", regex, "true, as GPT-2's");
    }

    void checkModel(const Json& model) const {
        if (!model.is_object())
            refuse("\"model\"", model, "an object of type \"BPE\"");
        // The oldest files, GPT-2's own among them, have no type.
        if (!get(model, "type").is_null() && get(model, "type") != "BPE")
            refuse("\"model\": \"type\"", get(model, "type"), "\"BPE\"");
        for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
            if (!get(model, key).is_null() && get(model, key) != "")
                refuse("\"model\": \"" + std::string(key) + '"', get(model, key), "none");
        }
        for (const char* key : {"byte_fallback", "ignore_merges"}) {
            if (!get(model, key).is_null() && get(model, key) != false)
                refuse("\"model\": \"" + std::string(key) + '"', get(model, key), "false");
        }
        const Json& dropout = get(model, "dropout");
        if (!dropout.is_null() && dropout != 0)
            refuse("\"model\": \"dropout\"", dropout, "null: encoding is exact here");
        if (!get(model, "vocab").is_object())
            refuse("\"model\": \"vocab\"", get(model, "vocab"), "an object of tokens and ids");
        if (!get(model, "merges").is_array())
            refuse("\"model\": \"merges\"", get(model, "merges"), "an array");
    }

    /// All of them, as Hugging Face's library matches also those that are not "special".
    void addAddedTokens(VocabularyBuilder& builder) const {
        const Json& added = get(root_, "added_tokens");
        if (!added.is_null() && !added.is_array())
            refuse("\"added_tokens\"", added, "an array");
        for (std::size_t i = 0; i < added.size(); ++i) {
            const Json& token = added[i];
            const std::string where = "\"added_tokens\"[" + std::to_string(i) + "]";
            if (!token.is_object())
                refuse(where, token, "an object with \"id\" and \"content\"");
            if (!get(token, "content").is_string())
                refuse(where + ": \"content\"", get(token, "content"), "a string");
            for (const char* key : {"lstrip", "rstrip", "single_word"}) {
                if (!get(token, key).is_null() && get(token, key) != false)
                    refuse(where + ": \"" + key + '"', get(token, key), "false, as GPT-2's");
            }
            builder.addSpecial(get(token, "content").get_ref<const std::string&>(),
                               get(token, "id"));
        }
    }

    void addMerges(VocabularyBuilder& builder, const Json& merges) const {
        for (std::size_t i = 0; i < merges.size(); ++i) {
            const Json& merge = merges[i];
            const std::string where = "\"merges\"[" + std::to_string(i) + "]";
            if (merge.is_string()) {
                addMergeText(builder, file_, where, merge.get_ref<const std::string&>());
            } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
                       merge[1].is_string()) {
                builder.addMerge(file_, where, merge[0].get_ref<const std::string&>(),
                                 merge[1].get_ref<const std::string&>());
            } else {
                refuse(where, merge, "\"left right\" or [\"left\", \"right\"]");
            }
        }
    }

    Path file_;
    Json root_;
};

} // namespace

bool hasVocabulary(const Path& folder) {
    return hasPair(folder) || isFile(folder / "tokenizer.json");
}

Vocabulary readVocabulary(const Path& folder) {
    if (hasPair(folder))
        return readPair(folder);
    if (isFile(folder / "tokenizer.json"))
        return TokenizerJson(folder / "tokenizer.json").read();
    for (const char* half : {"vocab.json", "merges.txt"}) {
        const char* const other = half[0] == 'v' ? "merges.txt" : "vocab.json";
        if (isFile(folder / half))
            throw Error((folder / other).string(), "is missing beside " + std::string(half) +
                                                       "; expected both, or tokenizer.json");
    }
    throw Error(folder.string(),
                "has no tokenizer; expected vocab.json and merges.txt, or tokenizer.json");
}

} // namespace residuum
