#include "analysis/patching/patch_settings.h"

#include "core/task/error.h"

namespace residuum {

PatchRequest patchingRequest(const PatchSettings& settings, std::size_t pairs) {
    PatchRequest request = settings;
    if (pairs > 1)
        request.cells = {}; // a choice is one pair's
    if (settings.estimate == PatchMethod::Eap || settings.estimate == PatchMethod::EapIg) {
        request.methods = {settings.estimate};
        request.cells = {};
        if (settings.studied) {
            request.checkEdges = settings.topEdges;
            request.faithfulness = {{}, true, true};
        }
        return request;
    }
    request.sites = {settings.site};
    if (const auto all = allPositionsOf(settings.site))
        request.sites.push_back(*all); // as the command line has it
    request.methods = {settings.estimate, PatchMethod::Exact};
    return request;
}

PairInput pairInput(const SessionPrompt& clean, const SessionPrompt& corrupt, TokenId correct,
                    TokenId incorrect, const Tokenizer* tokenizer) {
    const auto isText = [&](const SessionPrompt& prompt) {
        try {
            return tokenizer != nullptr && !prompt.endOfTextFirst &&
                   tokenizer->encode(prompt.text) == prompt.tokens;
        } catch (const Error&) {
            return false; // text that the vocabulary cannot express
        }
    };
    PromptPair pair;
    if (isText(clean) && isText(corrupt)) {
        pair.clean = clean.text;
        pair.corrupt = corrupt.text;
    } else {
        pair.cleanIds = clean.tokens;
        pair.corruptIds = corrupt.tokens;
    }
    pair.correct = "#" + std::to_string(correct.value);
    pair.incorrect = "#" + std::to_string(incorrect.value);
    PairInput input;
    input.request.pairs = {pair};
    input.tokens.add({clean.tokens, {}}, {corrupt.tokens, {}}, {correct, incorrect});
    return input;
}

} // namespace residuum
