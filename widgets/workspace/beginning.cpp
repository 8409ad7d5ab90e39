#include "widgets/workspace/beginning.h"

#include "analysis/inputs/answer_token.h"
#include "analysis/inputs/input_request.h"
#include "analysis/inputs/prompt_tokens.h"
#include "core/task/error.h"
#include "core/task/progress.h"

namespace residuum {

namespace {

/// `option`: of a text, whose ids are given with OPTION-ids, but for --prompt's --ids.
PromptState promptOf(const std::string& text, const std::vector<TokenId>& ids, bool endOfTextFirst,
                     const std::string& option, const Tokenizer* tokenizer,
                     const ModelConfig& narrowest) {
    InputRequest request;
    request.prependEndOfText = endOfTextFirst;
    if (ids.empty())
        request.prompts = {text};
    else
        request.ids = {ids};
    for (const auto id : ids)
        if (id.value >= narrowest.d_vocab)
            throw UsageError(option, std::to_string(id.value) +
                                         " is outside the vocabulary; ids run from 0 to " +
                                         std::to_string(narrowest.d_vocab - 1));
    Progress progress;
    PromptState prompt;
    prompt.tokens =
        resolveInput(request, tokenizer, narrowest, progress).tokens.sequences.front().tokens;
    prompt.endOfTextFirst = endOfTextFirst;
    prompt.text = QString::fromStdString(
        ids.empty() ? text : promptText(prompt.tokens, endOfTextFirst, tokenizer));
    if (prompt.tokens.empty())
        throw UsageError(option, "is empty; type at least one token");
    if (prompt.tokens.size() > static_cast<std::size_t>(narrowest.n_ctx))
        throw Error(option, "has " + std::to_string(prompt.tokens.size()) +
                                " tokens, but the context holds " +
                                std::to_string(narrowest.n_ctx) + "; shorten it");
    return prompt;
}

std::optional<TokenId> answerOf(const std::string& text, const std::string& option,
                                const Tokenizer* tokenizer, const ModelConfig& narrowest) {
    if (text.empty() || text == "argmax")
        return std::nullopt;
    if (text == "next" || text == "last")
        throw UsageError(option + " " + text, "goes with a subcommand; the window takes one token, "
                                              "e.g. \" Mary\" or #1234, or argmax");
    return parseToken(text, option, tokenizer, narrowest.d_vocab);
}

} // namespace

WorkspaceState begun(const Beginning& beginning, const Tokenizer* tokenizer,
                     const ModelConfig& narrowest) {
    const auto& [prompt, corrupt, ids, corruptIds, target, versus, endOfTextFirst] = beginning;
    WorkspaceState state;
    state.prompt = promptOf(prompt, ids, endOfTextFirst, ids.empty() ? "--prompt" : "--ids",
                            tokenizer, narrowest);
    if (!corrupt.empty() || !corruptIds.empty())
        state.corrupt =
            promptOf(corrupt, corruptIds, endOfTextFirst,
                     corruptIds.empty() ? "--corrupt" : "--corrupt-ids", tokenizer, narrowest);
    state.target = answerOf(target, "--target", tokenizer, narrowest);
    state.versus = answerOf(versus, "--versus", tokenizer, narrowest);
    if (state.versus && state.versus == state.target)
        throw UsageError("--versus", "is the target itself; their logit difference is always zero");
    state.position = static_cast<int>(state.prompt.tokens.size()) - 1;
    return state;
}

} // namespace residuum
