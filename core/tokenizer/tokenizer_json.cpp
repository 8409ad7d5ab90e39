#include "core/tokenizer/tokenizer_json.h"

#include "core/tokenizer/json_file.h"
#include "core/tokenizer/merges_text.h"

#include <unordered_map>
#include <utility>

namespace residuum {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

/// Appends the names of the special tokens that a post-processor puts around a text.
void collectSpecial(const Json& processor, std::string& names) {
    const auto add = [&](const Json& name) {
        if (name.is_string())
            names += (names.empty() ? "" : ", ") + inQuotes(name.get_ref<const std::string&>());
    };
    const Json& type = memberOf(processor, "type");
    if (type == "Sequence") {
        for (const Json& part : memberOf(processor, "processors"))
            collectSpecial(part, names);
    } else if (type == "TemplateProcessing") {
        for (const Json& part : memberOf(processor, "single"))
            add(memberOf(memberOf(part, "SpecialToken"), "id"));
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
        for (const char* key : {"cls", "sep"}) {
            const Json& token = memberOf(processor, key);
            if (token.is_array() && !token.empty())
                add(token[0]);
        }
    }
}

/// Whether a merge of tokenizer.json is `text`, "left right".
bool isMerge(const Json& merge, std::string_view text) {
    if (merge.is_string())
        return merge.get_ref<const std::string&>() == text;
    if (!merge.is_array() || merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string())
        return false;
    const auto& left = merge[0].get_ref<const std::string&>();
    const auto& right = merge[1].get_ref<const std::string&>();
    return text.size() == left.size() + 1 + right.size() && text.starts_with(left) &&
           text[left.size()] == ' ' && text.ends_with(right);
}

} // namespace

TokenizerJson::TokenizerJson(Path file) : file_(std::move(file)), root_(readTokenizerJson(file_)) {
    if (!root_.is_object())
        refuseJson(file_, "the file", root_, "an object");
    if (const Json& normalizer = memberOf(root_, "normalizer"); !normalizer.is_null())
        refuseJson(file_, "\"normalizer\"", normalizer, "null: GPT-2 has none");
    checkPreTokenizer();
    checkModel();
}

Vocabulary TokenizerJson::read(const Companions& companions) const {
    const Json& model = memberOf(root_, "model");
    auto warnings = companions.warnings;
    auto added = addedTokens();
    mergeAddedTokens(added, companions.added, warnings);
    giveIds(added, file_, memberOf(model, "vocab"));
    VocabularyBuilder builder(file_);
    for (const AddedToken& token : added)
        builder.addSpecial(token.file, token.text, *token.id, token.rule);
    for (const auto& [text, id] : memberOf(model, "vocab").items())
        builder.addToken(text, id);
    addMerges(builder);
    if (const Json& unknown = memberOf(model, "unk_token"); unknown.is_string())
        builder.setUnknown(unknown.get_ref<const std::string&>(),
                           flagOf(file_, "\"model\": ", model, "fuse_unk"));
    if (const auto names = aroundEveryText(); !names.empty())
        warnings.push_back("its tokenizer.json puts " + names +
                           " around every text (post_processor); none is added here, --bos puts "
                           "end-of-text first");
    auto vocabulary = builder.finish("tokenizer.json");
    vocabulary.prefixSpace = companions.prefixSpace.value_or(
        memberOf(memberOf(root_, "pre_tokenizer"), "add_prefix_space") == true);
    vocabulary.warnings.insert(vocabulary.warnings.begin(), warnings.begin(), warnings.end());
    return vocabulary;
}

std::string TokenizerJson::differenceFrom(const Json& vocabulary, const std::string& merges) const {
    const Json& model = memberOf(root_, "model");
    const Json& own = memberOf(model, "vocab");
    if (vocabulary != own) {
        // Added tokens may stand in either place.
        std::unordered_map<std::string, std::int32_t> added;
        for (const AddedToken& token : addedTokens())
            added.emplace(token.text, *token.id);
        const auto lacks = [&](const Json& tokens, const std::string& text, const Json& id) {
            const auto found = tokens.find(text);
            const auto known = added.find(text);
            return (found == tokens.end() || *found != id) &&
                   (known == added.end() || id != known->second);
        };
        for (const auto& [text, id] : vocabulary.items()) {
            if (lacks(own, text, id))
                return "the token " + inQuotes(text);
        }
        for (const auto& [text, id] : own.items()) {
            if (lacks(vocabulary, text, id))
                return "the token " + inQuotes(text);
        }
    }
    const Json& list = memberOf(model, "merges");
    std::size_t count = 0;
    std::string difference;
    forEachMergeLine(merges, [&](std::size_t number, std::string_view line) {
        if (difference.empty() && (count >= list.size() || !isMerge(list[count], line)))
            difference = "line " + std::to_string(number) + " of merges.txt";
        ++count;
    });
    return difference.empty() && count != list.size() ? "the number of merges" : difference;
}

void TokenizerJson::checkPreTokenizer() const {
    const Json& pre = memberOf(root_, "pre_tokenizer");
    if (memberOf(pre, "type") != "ByteLevel")
        refuseJson(file_, "\"pre_tokenizer\"", pre, "an object of type \"ByteLevel\", as GPT-2's");
    flagOf(file_, "\"pre_tokenizer\": ", pre, "add_prefix_space");
    const Json& regex = memberOf(pre, "use_regex");
    if (!regex.is_null() && regex != true)
        refuseJson(file_, "\"pre_tokenizer\": \"use_regex\"", regex, "true, as GPT-2's");
}

void TokenizerJson::checkModel() const {
    const Json& model = memberOf(root_, "model");
    if (!model.is_object())
        refuseJson(file_, "\"model\"", model, "an object of type \"BPE\"");
    const auto refuse = [&](const char* key, const std::string& expected) {
        refuseJson(file_, "\"model\": \"" + std::string(key) + '"', memberOf(model, key), expected);
    };
    // The oldest files, GPT-2's own among them, have no type.
    if (!memberOf(model, "type").is_null() && memberOf(model, "type") != "BPE")
        refuse("type", "\"BPE\"");
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        if (!memberOf(model, key).is_null() && memberOf(model, key) != "")
            refuse(key, "none");
    }
    for (const char* key : {"byte_fallback", "ignore_merges"}) {
        if (!memberOf(model, key).is_null() && memberOf(model, key) != false)
            refuse(key, "false");
    }
    if (!memberOf(model, "dropout").is_null() && memberOf(model, "dropout") != 0)
        refuse("dropout", "null: encoding is exact here");
    if (!memberOf(model, "unk_token").is_null() && !memberOf(model, "unk_token").is_string())
        refuse("unk_token", "a token or null");
    if (!memberOf(model, "vocab").is_object())
        refuse("vocab", "an object of tokens and ids");
    if (!memberOf(model, "merges").is_array())
        refuse("merges", "an array");
}

/// All of them, as Hugging Face's library matches also those that are not "special".
std::vector<AddedToken> TokenizerJson::addedTokens() const {
    const Json& listed = memberOf(root_, "added_tokens");
    if (!listed.is_null() && !listed.is_array())
        refuseJson(file_, "\"added_tokens\"", listed, "an array");
    std::vector<AddedToken> added;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const std::string where = "\"added_tokens\"[" + std::to_string(i) + "]";
        added.push_back(parseAddedToken(file_, where, listed[i]));
        added.back().id = checkedTokenId(file_, added.back().text, memberOf(listed[i], "id"));
    }
    return added;
}

void TokenizerJson::addMerges(VocabularyBuilder& builder) const {
    const Json& merges = memberOf(memberOf(root_, "model"), "merges");
    for (std::size_t i = 0; i < merges.size(); ++i) {
        const Json& merge = merges[i];
        const std::string where = "\"merges\"[" + std::to_string(i) + "]";
        if (merge.is_string())
            builder.addMerge(file_, where, merge.get_ref<const std::string&>());
        else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
                 merge[1].is_string())
            builder.addMerge(file_, where, merge[0].get_ref<const std::string&>(),
                             merge[1].get_ref<const std::string&>());
        else
            refuseJson(file_, where, merge, "\"left right\" or [\"left\", \"right\"]");
    }
}

/// The special tokens that it puts around every text, for a sentence; empty for none.
std::string TokenizerJson::aroundEveryText() const {
    std::string names;
    collectSpecial(memberOf(root_, "post_processor"), names);
    return names;
}

} // namespace residuum
