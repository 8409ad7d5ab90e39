#include "analysis/patching/patch_checks.h"

#include "analysis/inputs/pair_checks.h"
#include "analysis/patching/edges.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>

namespace residuum {

namespace {

std::string nameOf(std::size_t pair, std::size_t count) {
    return count == 1 ? "the pair of prompts" : "pair " + std::to_string(pair + 1);
}

} // namespace

int firstDifference(const PairTokens& pairs, std::size_t pair) {
    const auto& clean = pairs.clean.sequences[pair].tokens;
    const auto& corrupt = pairs.corrupt.sequences[pair].tokens;
    return static_cast<int>(
        std::mismatch(clean.begin(), clean.end(), corrupt.begin(), corrupt.end()).first -
        clean.begin());
}

void requireValid(const PairTokens& pairs, PatchMetric metric, const ModelConfig& config) {
    if (pairs.size() == 0)
        throw Error("the input", "holds no pair of prompts");
    for (std::size_t pair = 0; pair < pairs.size(); ++pair)
        if (const auto problem =
                pairProblem(pairs.clean.sequences[pair], pairs.corrupt.sequences[pair],
                            pairs.answer(pair), config, needsTwoAnswers(metric)))
            throw Error(nameOf(pair, pairs.size()), *problem);
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
    if (request.cells.top > 0 && !(request.asks(PatchMethod::Exact) && request.estimate()))
        throw UsageError("--cells",
                         "top:N are chosen by an estimate and patched exactly, so both are needed, "
                         "e.g. --method attribution,exact");
    if ((request.checkEdges > 0 || !request.faithfulness.empty()) && !request.asksEdges())
        throw UsageError(request.checkEdges > 0 ? "--check-edges" : "--faithfulness",
                         "chooses edges by their scores, so eap or eap-ig is needed, e.g. --method "
                         "eap-ig");
    if (request.asks(PatchMethod::Path)) {
        if (request.receivers.empty())
            throw UsageError("--receivers", "path patching needs a --sender and --receivers");
        const auto sender = senderNamed(request.sender, config);
        for (const auto& receiver : request.receivers)
            receiversNamed(receiver, sender, config);
    }
}

} // namespace residuum
