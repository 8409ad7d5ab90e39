#include "analysis/patching/patch_checks.h"

#include "analysis/patching/edges.h"
#include "analysis/prompts/batches.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>

namespace residuum {

namespace {

std::string nameOf(std::size_t pair, std::size_t count) {
    return count == 1 ? "the pair of prompts" : "pair " + std::to_string(pair);
}

} // namespace

int firstDifference(const PairTokens& pairs, std::size_t pair) {
    const auto& clean = pairs.clean.sequences[pair].tokens;
    const auto& corrupt = pairs.corrupt.sequences[pair].tokens;
    return static_cast<int>(
        std::mismatch(clean.begin(), clean.end(), corrupt.begin(), corrupt.end()).first -
        clean.begin());
}

void requireValid(const PairTokens& pairs, const ModelConfig& config) {
    requireValid(pairs.clean, config);
    requireValid(pairs.corrupt, config);
    for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        const auto subject = nameOf(pair, pairs.size());
        const auto clean = pairs.clean.sequences[pair].tokens.size();
        const auto corrupt = pairs.corrupt.sequences[pair].tokens.size();
        if (clean != corrupt)
            throw Error(subject, "the clean prompt has " + counted(clean, "token") +
                                     ", the corrupted one " + std::to_string(corrupt) +
                                     "; patching needs as many in both, token under token");
        if (static_cast<std::size_t>(firstDifference(pairs, pair)) == clean)
            throw Error(subject, "clean and corrupted prompt are the same tokens, so there is "
                                 "nothing to patch; change a token of the corrupted one");
        const auto answer = pairs.answer(pair);
        for (const auto token : {answer.correct, answer.incorrect})
            if (token.value < 0 || token.value >= config.d_vocab)
                throw Error(subject, "the answer token " + std::to_string(token.value) +
                                         " is outside the vocabulary of " +
                                         std::to_string(config.d_vocab) + " tokens");
        if (answer.correct == answer.incorrect)
            throw Error(subject, "correct and incorrect answer are the same token (" +
                                     std::to_string(answer.correct.value) +
                                     "), so their logit difference is always zero; choose two");
    }
}

bool needsGradients(const PatchRequest& request) {
    return std::any_of(request.methods.begin(), request.methods.end(), [](PatchMethod method) {
        return method != PatchMethod::Exact && method != PatchMethod::Path;
    });
}

void requireSensible(const PatchRequest& request, const ModelConfig& config) {
    if (request.methods.empty())
        throw UsageError("--method", "names no method");
    const bool bySite =
        request.asks(PatchMethod::Exact) || request.asks(PatchMethod::Attribution) ||
        request.asks(PatchMethod::AtpStar) || request.asks(PatchMethod::IntegratedGradients);
    if (bySite && request.sites.empty())
        throw UsageError("--sites", "names no site");
    if (request.metric == PatchMetric::Kl &&
        request.direction == PatchDirection::CorruptIntoClean && needsGradients(request))
        throw UsageError("--metric kl",
                         "KL to the clean run has a gradient of zero at the clean run, so every "
                         "estimate by gradients is zero with --direction corrupt-into-clean; use "
                         "--method exact, another metric or the other direction");
    if (request.steps < 1 || request.steps > 1000)
        throw UsageError("--steps " + std::to_string(request.steps),
                         "is out of range; 1 to 1000 are possible");
    const auto all = std::int64_t{config.n_layers} * config.d_mlp;
    if (request.neurons < 1 || request.neurons > all)
        throw UsageError("--top-neurons " + std::to_string(request.neurons),
                         "is out of range; the model has " + std::to_string(all));
    if (request.asks(PatchMethod::Path)) {
        if (request.path.receivers.empty())
            throw UsageError("--receivers", "path patching needs a --sender and --receivers");
        const auto sender = senderNamed(request.path.sender, config);
        for (const auto& receiver : request.path.receivers)
            receiversNamed(receiver, sender, config);
    }
}

} // namespace residuum
