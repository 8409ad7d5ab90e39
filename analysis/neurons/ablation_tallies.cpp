#include "analysis/neurons/ablation_tallies.h"

#include "analysis/neurons/neuron_choice.h"

namespace residuum {

AblationTallies::AblationTallies(std::vector<NeuronIndex> list, std::size_t first, bool together)
    : neurons(std::move(list)), ones(first), single(neurons.size(), true),
      counts(cumulativeCounts(together ? ones : 0)), cumulative(counts.size(), false) {}

void AblationTallies::add(const EffectBlock& block, EffectTally& tally) {
    for (std::size_t e = 0; e < effectCount; ++e)
        for (Eigen::Index line = 0; line < block[e].cols(); ++line)
            for (Eigen::Index row = 0; row < block[e].rows(); ++row)
                tally.add(static_cast<std::size_t>(line), static_cast<Effect>(e),
                          block[e](row, line));
}

NeuronEffects AblationTallies::effects(std::size_t tokens) const {
    return {neurons, single.mean(tokens), single.meanAbs(tokens), single.quantiles(tokens),
            single.pooledQuantiles(tokens, ones)};
}

CumulativeEffects AblationTallies::together(std::size_t tokens) const {
    return {counts, cumulative.mean(tokens), cumulative.meanAbs(tokens)};
}

std::vector<AblatedSet> AblationTallies::sets() const {
    std::vector<AblatedSet> all;
    for (const auto neuron : neurons)
        all.push_back({neuron});
    for (const auto count : counts)
        all.emplace_back(neurons.begin(), neurons.begin() + count);
    return all;
}

} // namespace residuum
