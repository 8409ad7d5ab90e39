#include "analysis/inputs/answer_token.h"

#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <algorithm>
#include <optional>

namespace residuum {

namespace {

std::optional<std::int32_t> spacedNumber(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return parseWholeNumber(text);
}

std::string splitOf(const std::vector<TokenId>& ids, const Tokenizer& tokenizer) {
    std::string split;
    for (const auto id : ids)
        split += (split.empty() ? "\"" : " + \"") + tokenizer.text(id) + "\"";
    return split;
}

} // namespace

std::vector<TokenId> parseIds(const std::string& text, const std::string& option) {
    std::vector<TokenId> ids;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto part = std::string_view(text).substr(begin, end - begin);
        const auto id = spacedNumber(part);
        if (!id)
            throw UsageError(option + " " + text,
                             "'" + std::string(part) +
                                 "' is no token id; whole numbers separated by "
                                 "commas are expected, e.g. 1,2,3");
        ids.emplace_back(*id);
        begin = end + 1;
    }
    return ids;
}

TokenId parseToken(const std::string& text, const std::string& subject, const Tokenizer* tokenizer,
                   int d_vocab) {
    const auto named = subject + " '" + text + "'";
    // A lone "#" is a token like any other.
    if (text.size() > 1 && text.front() == '#') {
        const auto id = spacedNumber(std::string_view(text).substr(1));
        if (id && *id < d_vocab)
            return TokenId(*id);
        if (id)
            throw UsageError(named, "is outside the vocabulary; ids run from 0 to " +
                                        std::to_string(d_vocab - 1));
    }
    if (tokenizer == nullptr)
        throw UsageError(named, "the model has no tokenizer; name the token by its id, e.g. #1234");
    const auto ids = tokenizer->encode(text);
    if (ids.size() == 1)
        return ids.front();
    if (ids.empty())
        throw UsageError(named, "is empty; exactly one token is expected, e.g. \" Mary\"");
    std::string hint;
    if (const auto spaced = tokenizer->single(" " + text))
        hint = "; \" " + text + "\" with a leading space is one token";
    throw UsageError(named, "is " + std::to_string(ids.size()) + " tokens, " +
                                splitOf(ids, *tokenizer) +
                                "; exactly one token is expected, e.g. \" Mary\" or #1234" + hint);
}

} // namespace residuum
