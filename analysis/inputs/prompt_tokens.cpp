#include "analysis/inputs/prompt_tokens.h"

#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <algorithm>

namespace residuum {

namespace {

constexpr std::string_view separators = " \t\r\n,";
constexpr std::size_t longestId = 12; ///< digits of an id and what parts it from the next

std::vector<TokenId> idList(const std::string& text, int d_vocab) {
    std::vector<TokenId> ids;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(separators, at)) != std::string::npos) {
        const auto end = std::min(text.find_first_of(separators, at), text.size());
        const auto word = text.substr(at, end - at);
        const auto id = parseWholeNumber(word);
        if (!id || *id >= d_vocab)
            throw Error(word, "is no token id; these models have no tokenizer, so type ids from 0 "
                              "to " +
                                  std::to_string(d_vocab - 1) + ", e.g. 15 7 2");
        ids.emplace_back(*id);
        at = end;
    }
    return ids;
}

} // namespace

std::vector<TokenId> promptTokens(const std::string& text, bool endOfTextFirst,
                                  const Tokenizer* tokenizer, int d_vocab) {
    auto tokens = tokenizer != nullptr ? tokenizer->encode(text) : idList(text, d_vocab);
    if (endOfTextFirst && tokenizer != nullptr && tokenizer->endOfText())
        tokens.insert(tokens.begin(), *tokenizer->endOfText());
    return tokens;
}

std::string promptText(const std::vector<TokenId>& tokens, bool endOfTextFirst,
                       const Tokenizer* tokenizer) {
    const auto first = tokens.begin() + (endOfTextFirst && !tokens.empty() ? 1 : 0);
    const std::vector<TokenId> own(first, tokens.end());
    if (tokenizer == nullptr) {
        std::string text;
        for (const auto token : own)
            text += (text.empty() ? "" : " ") + std::to_string(token.value);
        return text;
    }
    const auto known = [&](TokenId token) { return tokenizer->has(token); };
    if (!std::all_of(own.begin(), own.end(), known))
        return {};
    auto text = tokenizer->decode(own);
    return escapeInvalidUtf8(text) == text ? text : std::string();
}

std::size_t longestPrompt(const Tokenizer* tokenizer, int tokens) {
    std::size_t longest = longestId;
    for (std::size_t id = 0; tokenizer != nullptr && id < tokenizer->size(); ++id)
        longest =
            std::max(longest, tokenizer->bytes(TokenId(static_cast<std::int64_t>(id))).size());
    return longest * static_cast<std::size_t>(std::max(tokens, 1));
}

} // namespace residuum
