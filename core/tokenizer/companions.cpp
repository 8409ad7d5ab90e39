#include "core/tokenizer/companions.h"

#include "core/task/error.h"
#include "core/tokenizer/json_file.h"
#include "core/tokenizer/vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace residuum {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

constexpr std::array<const char*, 7> singleKeys = {
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};
constexpr std::array<const char*, 2> listKeys = {"additional_special_tokens",
                                                 "extra_special_tokens"};
constexpr std::array<const char*, 5> gpt2Classes = {"GPT2Tokenizer", "GPT2TokenizerFast",
                                                    "PreTrainedTokenizerFast",
                                                    "PreTrainedTokenizer", "TokenizersBackend"};

/// The object in the file; null where there is no such file.
Json readObject(const Path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return {};
    Json json = readTokenizerJson(file);
    if (!json.is_object())
        refuseJson(file, "the file", json, "an object");
    return json;
}

/// Collects from the three files; the order is Hugging Face's.
class Reader {
  public:
    explicit Reader(const Path& folder)
        : configFile_(folder / "tokenizer_config.json"),
          mapFile_(folder / "special_tokens_map.json"), addedFile_(folder / "added_tokens.json"),
          config_(readObject(configFile_)) {}

    Companions read() {
        findSpecial(configFile_, config_);
        const Json& decoder = memberOf(config_, "added_tokens_decoder");
        if (!decoder.is_null()) {
            addDecoder(decoder);
        } else {
            // Older files, which the decoder replaces.
            findSpecial(mapFile_, readObject(mapFile_));
            addAddedTokens(readObject(addedFile_));
        }
        mergeAddedTokens(companions_.added, special_, companions_.warnings);
        readSettings();
        return std::move(companions_);
    }

  private:
    /// A special token, given as its text or as an object.
    void addSpecial(const Path& file, const std::string& key, const Json& value) {
        AddedToken token;
        if (value.is_string()) {
            token.text = value.get<std::string>();
            token.file = file;
        } else {
            token = parseAddedToken(file, '"' + key + '"', value);
            token.rule.normalized = memberOf(value, "normalized") == true;
        }
        if (token.text.empty())
            return;
        if (key == "unk_token")
            companions_.unknown = token.text;
        special_.push_back(std::move(token));
    }

    void findSpecial(const Path& file, const Json& object) {
        for (const char* key : singleKeys) {
            if (const Json& value = memberOf(object, key); !value.is_null() && value != false)
                addSpecial(file, key, value);
        }
        for (const char* key : listKeys) {
            const Json& list = memberOf(object, key);
            if (!list.is_null() && !list.is_structured())
                refuseJson(file, '"' + std::string(key) + '"', list, "a list of tokens");
            for (const Json& value : list)
                addSpecial(file, key, value);
        }
    }

    void addDecoder(const Json& decoder) {
        const std::string where = "\"added_tokens_decoder\"";
        if (!decoder.is_object())
            refuseJson(configFile_, where, decoder, "an object of ids and tokens");
        std::map<std::int32_t, AddedToken> byId;
        for (const auto& [key, value] : decoder.items()) {
            auto token = parseAddedToken(configFile_, where + ": " + inQuotes(key), value);
            std::int32_t number = -1;
            const auto* const end = key.data() + key.size();
            if (std::from_chars(key.data(), end, number).ptr != end || key.empty())
                refuseJson(configFile_, where + ": the key", key, "a token id");
            token.id = checkedTokenId(configFile_, token.text, number);
            token.overrides = true;
            byId.insert_or_assign(*token.id, std::move(token));
        }
        for (auto& [id, token] : byId)
            companions_.added.push_back(std::move(token));
    }

    void addAddedTokens(const Json& added) {
        std::set<std::string> special;
        for (const AddedToken& token : special_)
            special.insert(token.text);
        std::map<std::int32_t, AddedToken> byId;
        for (const auto& [text, value] : added.items()) {
            AddedToken token{text, checkedTokenId(addedFile_, text, value), {}, false, addedFile_};
            token.rule.normalized = !special.contains(text);
            if (!byId.emplace(*token.id, token).second)
                throw Error(addedFile_.string(), "two tokens have the id " +
                                                     std::to_string(*token.id) +
                                                     "; expected every id once");
        }
        for (auto& [id, token] : byId)
            companions_.added.push_back(std::move(token));
    }

    void readSettings() {
        if (!memberOf(config_, "add_prefix_space").is_null())
            companions_.prefixSpace = flagOf(configFile_, "", config_, "add_prefix_space");
        auto& warnings = companions_.warnings;
        for (const char* key : {"add_bos_token", "add_eos_token"}) {
            if (flagOf(configFile_, "", config_, key))
                warnings.push_back("its tokenizer_config.json asks for a special token around "
                                   "every text (" +
                                   std::string(key) +
                                   "); none is added here, --bos puts end-of-text first");
        }
        const Json& name = memberOf(config_, "tokenizer_class");
        if (name.is_string() && std::find(gpt2Classes.begin(), gpt2Classes.end(),
                                          name.get_ref<const std::string&>()) == gpt2Classes.end())
            warnings.push_back("its tokenizer_config.json names the class " +
                               inQuotes(name.get_ref<const std::string&>()) +
                               "; its files are read as GPT-2's byte-level BPE");
    }

    Path configFile_;
    Path mapFile_;
    Path addedFile_;
    Json config_;
    std::vector<AddedToken> special_;
    Companions companions_;
};

} // namespace

Companions readCompanions(const Path& folder) {
    return Reader(folder).read();
}

} // namespace residuum
