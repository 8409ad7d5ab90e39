// Small models, and ablation the slow way: a plain forward pass with the neuron replaced.
#pragma once

#include "analysis/neurons/neurons.h"
#include "core/model/model.h"
#include "support/array_match.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <memory>
#include <random>

namespace residuum::test {

/// 3 layers of 4 heads, width 32, 60 tokens. `removed`: every site, by the epsilon trick.
inline std::shared_ptr<const Model> smallModel(const TemporaryFolder& folder, bool removed,
                                               DType dtype = DType::Float64) {
    auto config = syntheticConfig(3, 4, 32, 60, 24);
    if (removed)
        config.layer_norm_epsilon = 1e12;
    const auto place = folder.path() / (removed ? "removed" : "ln");
    writeSyntheticGpt2(place, config, 3);
    Progress progress;
    return Model::open({place.string(), place.filename().string(), place}, {dtype, "cpu"},
                       progress);
}

/// Sequences of the lengths, of tokens below 60.
inline TokenInput randomInput(const std::vector<int>& lengths, unsigned seed = 5) {
    std::mt19937 random(seed);
    TokenInput input;
    for (const int length : lengths) {
        TokenSequence sequence;
        for (int p = 0; p < length; ++p)
            sequence.tokens.emplace_back(static_cast<int>(random() % 60U));
        input.sequences.push_back(sequence);
    }
    return input;
}

inline std::shared_ptr<const NeuronResult> study(const Model& model, const TokenInput& input,
                                                 const NeuronRequest& request,
                                                 const NeuronLimits& limits = {}) {
    Progress progress;
    return studyNeurons(model, input, request, progress, limits);
}

inline std::vector<double> values(const Table& table) {
    return {table.data(), table.data() + table.size()};
}

} // namespace residuum::test
