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

double NeuronEffects::lnMediated(std::size_t neuron, bool entropy) const {
    const auto row = static_cast<Eigen::Index>(neuron);
    const auto column = [&](Effect loss) { return static_cast<int>(loss) + (entropy ? 1 : 0); };
    const double total = meanAbs(row, column(Effect::TotalLoss));
    const double frozen = meanAbs(row, column(Effect::FrozenLoss));
    if (total == 0.0)
        return std::numeric_limits<double>::quiet_NaN();
    return 1.0 - frozen / total;
}

NeuronRequest followedRequest(const NeuronResult& result, const std::vector<NeuronIndex>& more) {
    auto request = result.request;
    if (request.choice == NeuronChoice::Top) {
        request.choice = NeuronChoice::Named;
        request.named = result.chosen.neurons;
    }
    if (request.choice == NeuronChoice::Named)
        for (const auto neuron : more)
            if (std::find(request.named.begin(), request.named.end(), neuron) ==
                request.named.end())
                request.named.push_back(neuron);
    return request;
}

} // namespace residuum
