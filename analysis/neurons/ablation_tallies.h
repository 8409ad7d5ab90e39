// What ablating some neurons, one by one and together, adds up to over a dataset. Torch-free.
#pragma once

#include "analysis/neurons/effect_tally.h"

#include <vector>

namespace residuum {

/// [R, C] per effect: changes at each token.
using EffectBlock = std::array<Table, effectCount>;
/// Neurons ablated together, at every position of the sequence.
using AblatedSet = std::vector<NeuronIndex>;

struct AblationTallies {
    /// The first `ones` of the list are pooled and, `together`, ablated in growing numbers.
    AblationTallies(std::vector<NeuronIndex> list, std::size_t ones, bool together);

    static void add(const EffectBlock& block, EffectTally& tally);
    NeuronEffects effects(std::size_t tokens) const;
    CumulativeEffects together(std::size_t tokens) const;
    /// What resumed passes ablate: each neuron, then the first `counts`.
    std::vector<AblatedSet> sets() const;

    std::vector<NeuronIndex> neurons;
    std::size_t ones;
    EffectTally single;
    std::vector<int> counts;
    EffectTally cumulative;
};

} // namespace residuum
