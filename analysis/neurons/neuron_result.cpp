#include "analysis/neurons/neuron_result.h"

#include <algorithm>
#include <limits>

namespace residuum {

const char* name(Effect effect) {
    constexpr std::array<const char*, effectCount> names{"total_loss", "total_entropy",
                                                         "frozen_loss", "frozen_entropy"};
    return names[static_cast<std::size_t>(effect)];
}

double NeuronWeights::score(std::size_t neuron) const {
    return norm[neuron] > 0.0 ? norm[neuron] / logitVar[neuron] : 0.0;
}

double NeuronWeights::nullFraction(std::size_t neuron, int k) const {
    const auto place = std::clamp<Eigen::Index>(k, 1, nullCurve.cols()) - 1;
    return nullCurve(static_cast<Eigen::Index>(neuron), place);
}

double NeuronEffects::lnMediated(std::size_t neuron, bool entropy) const {
    const auto row = static_cast<Eigen::Index>(neuron);
    const auto column = [&](Effect loss) { return static_cast<int>(loss) + (entropy ? 1 : 0); };
    const double total = meanAbs(row, column(Effect::TotalLoss));
    const double frozen = meanAbs(row, column(Effect::FrozenLoss));
    if (total == 0.0)
        return std::numeric_limits<double>::quiet_NaN();
    return 1.0 - frozen / total;
}

NeuronRequest followedRequest(const NeuronResult& result, const std::vector<NeuronIndex>& also) {
    auto request = result.request;
    // All models are screened where the choosing one was: their numbers stand side by side.
    request.screen = screens(request);
    const auto chosen = result.chosen.neurons.begin();
    const std::vector<NeuronIndex> list(chosen,
                                        chosen + static_cast<std::ptrdiff_t>(result.chosenOnes));
    if (request.choice.kind == ChoiceKind::Top) {
        request.choice.kind = ChoiceKind::Named;
        request.choice.named = list;
    }
    request.also.clear();
    for (const auto neuron : also)
        if (std::find(list.begin(), list.end(), neuron) == list.end())
            request.also.push_back(neuron);
    return canonical(request);
}

namespace {

/// Row `from` of `source` as the last of `table`.
void appendRow(Table& table, const Table& source, Eigen::Index from) {
    table.conservativeResize(table.rows() + 1, source.cols());
    table.row(table.rows() - 1) = source.row(from);
}

} // namespace

std::shared_ptr<const NeuronResult>
withAlso(const NeuronResult& main, const std::vector<std::shared_ptr<const NeuronResult>>& others,
         const std::vector<NeuronIndex>& also) {
    auto joined = std::make_shared<NeuronResult>(main);
    joined->request.also = also;
    for (const auto neuron : also)
        for (const auto& other : others) {
            const auto& list = other->chosen.neurons;
            const auto found = std::find(list.begin(), list.end(), neuron);
            if (found == list.end())
                continue;
            const auto row = found - list.begin();
            joined->chosen.neurons.push_back(neuron);
            appendRow(joined->chosen.mean, other->chosen.mean, row);
            appendRow(joined->chosen.meanAbs, other->chosen.meanAbs, row);
            for (std::size_t e = 0; e < effectCount; ++e)
                appendRow(joined->chosen.quantile[e], other->chosen.quantile[e], row);
            const auto& from = other->written;
            auto& to = joined->written;
            appendRow(to.promoted, from.promoted, row);
            appendRow(to.promotedBy, from.promotedBy, row);
            appendRow(to.suppressed, from.suppressed, row);
            appendRow(to.suppressedBy, from.suppressedBy, row);
            break;
        }
    return joined;
}

} // namespace residuum
