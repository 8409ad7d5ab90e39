#include "core/tokenizer/added_tokens.h"

#include "core/tokenizer/json_file.h"
#include "core/tokenizer/vocabulary.h"

#include <algorithm>
#include <unordered_map>

namespace residuum {

AddedToken parseAddedToken(const std::filesystem::path& file, const std::string& where,
                           const nlohmann::json& token) {
    if (!token.is_object())
        refuseJson(file, where, token, "an object with \"id\" and \"content\"");
    const auto& content = memberOf(token, "content");
    if (!content.is_string())
        refuseJson(file, where + ": \"content\"", content, "a string");
    const auto flag = [&](const char* key, bool otherwise) {
        return flagOf(file, where + ": ", token, key, otherwise);
    };
    AddedToken added;
    added.text = content.get<std::string>();
    added.rule.lstrip = flag("lstrip", false);
    added.rule.rstrip = flag("rstrip", false);
    added.rule.singleWord = flag("single_word", false);
    added.rule.normalized = flag("normalized", !flag("special", false));
    added.file = file;
    return added;
}

void mergeAddedTokens(std::vector<AddedToken>& added, const std::vector<AddedToken>& more,
                      std::vector<std::string>& warnings) {
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < added.size(); ++i)
        places.emplace(added[i].text, i);
    for (const AddedToken& token : more) {
        const auto [place, isNew] = places.emplace(token.text, added.size());
        if (isNew) {
            added.push_back(token);
            continue;
        }
        AddedToken& known = added[place->second];
        if (token.overrides)
            known.rule = token.rule;
        if (!known.id)
            known.id = token.id;
        else if (token.id && token.id != known.id)
            warnings.push_back("its added token " + inQuotes(token.text) + " is #" +
                               std::to_string(*known.id) + " in " + known.file.filename().string() +
                               ", which counts, and #" + std::to_string(*token.id) + " in " +
                               token.file.filename().string());
    }
}

void giveIds(std::vector<AddedToken>& added, const std::filesystem::path& file,
             const nlohmann::json& vocabulary) {
    auto next = static_cast<std::int32_t>(vocabulary.size());
    for (AddedToken& token : added) {
        if (!token.id) {
            const auto own = vocabulary.find(token.text);
            token.id = own == vocabulary.end() ? next : checkedTokenId(file, token.text, *own);
        }
        next = std::max(next, *token.id + 1);
    }
}

} // namespace residuum
