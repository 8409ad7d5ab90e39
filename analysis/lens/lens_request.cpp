#include "analysis/lens/lens_request.h"

#include "analysis/inputs/answer_token.h"
#include "core/task/error.h"

#include <limits>

namespace residuum {

namespace {

using Tracked = Codec<TrackedTokens>;

std::vector<std::string> textsOf(const TrackedTokens& tokens) {
    std::vector<std::string> texts;
    for (const auto token : tokens.ids)
        texts.push_back("#" + std::to_string(token.value));
    return texts;
}

} // namespace

Stored Tracked::stored(const TrackedTokens& tokens) {
    return textsOf(tokens);
}

TrackedTokens Tracked::of(const Stored& value, const Asking& asking) {
    TrackedTokens tokens;
    for (const auto& text : listOf(value, asking)) {
        if (!text.starts_with('#'))
            throw UsageError(asking.what + " " + text, "a token's id as #1234 is expected");
        tokens.ids.emplace_back(parseWholeNumber(
            text.substr(1), {asking.what, 0, std::numeric_limits<std::int32_t>::max()}));
    }
    return tokens;
}

std::string Tracked::text(const TrackedTokens& tokens) {
    return joinedList(textsOf(tokens));
}

TrackedTokens Tracked::parse(const std::string& text, const Asking& asking,
                             const TokenLookup& lookup) {
    TrackedTokens tokens;
    for (const auto& part : splitList(text)) {
        if (part.empty())
            throw UsageError(asking.what + " " + text,
                             "names no token between two commas; a comma itself is named by its "
                             "id, as #11");
        tokens.ids.push_back(parseToken(part, asking.what, lookup.tokenizer, lookup.d_vocab));
    }
    return tokens;
}

} // namespace residuum
