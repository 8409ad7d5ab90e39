#include "analysis/attribution/dla_input.h"

#include "core/task/error.h"

#include <optional>
#include <string>

namespace residuum {

namespace {

std::string tokensOf(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " token" : " tokens");
}

/// Makes the sequence's last token the following one, where it has none.
std::optional<std::string> endBeforeLastToken(TokenSequence& sequence) {
    if (sequence.following)
        return std::nullopt;
    if (sequence.tokens.size() < 2)
        return "has " + tokensOf(sequence.tokens.size()) + ", so --target next has nothing to ask";
    sequence.following = sequence.tokens.back();
    sequence.tokens.pop_back();
    return std::nullopt;
}

/// What the sequence lacks of a request; empty: nothing.
std::optional<std::string> lacking(TokenSequence& sequence, const DlaRequest& request) {
    const bool next = request.target.rule == TargetRule::Next;
    if (next && (request.position.all || request.position.at == -1))
        return endBeforeLastToken(sequence);
    if (request.position.all)
        return std::nullopt;
    const auto length = static_cast<int>(sequence.tokens.size());
    const int position =
        request.position.at < 0 ? length + request.position.at : request.position.at;
    if (position < 0 || position >= length)
        return "has " + tokensOf(sequence.tokens.size()) + ", so no position " +
               std::to_string(request.position.at);
    if (next && position == length - 1 && !sequence.following)
        return "has no token after position " + std::to_string(request.position.at) +
               " for --target next";
    return std::nullopt;
}

} // namespace

PromptInput fitted(PromptInput input, const DlaRequest& request) {
    if (!input.request.dataset)
        return input;
    TokenInput tokens;
    std::vector<std::int64_t> lines;
    auto& account = input.account;
    for (std::size_t i = 0; i < input.tokens.sequences.size(); ++i) {
        auto& sequence = input.tokens.sequences[i];
        const auto line = i < account.sourceLines.size() ? account.sourceLines[i] : 0;
        if (const auto reason = lacking(sequence, request)) {
            account.leftOut.push_back({line, *reason});
            continue;
        }
        tokens.sequences.push_back(std::move(sequence));
        lines.push_back(line);
    }
    if (tokens.sequences.empty())
        throw Error(input.request.dataset->file.string(),
                    "has no sequence that can be asked this; the last (line " +
                        std::to_string(account.leftOut.back().line) + ") " +
                        account.leftOut.back().reason);
    input.tokens = std::move(tokens);
    account.sourceLines = std::move(lines);
    return input;
}

} // namespace residuum
