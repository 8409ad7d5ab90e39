#include "analysis/patching/pair_runs.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

template <class Change>
ModelRun changed(const ModelRun& run, Change change) {
    ModelRun result;
    for (const auto& layer : run.layers)
        result.layers.push_back({.residPre = change(layer.residPre),
                                 .residMid = change(layer.residMid),
                                 .q = change(layer.q),
                                 .k = change(layer.k),
                                 .v = change(layer.v),
                                 .z = change(layer.z),
                                 .attnOut = change(layer.attnOut),
                                 .mlpOut = change(layer.mlpOut),
                                 .mlpPre = change(layer.mlpPre),
                                 .mlpPost = change(layer.mlpPost)});
    result.residFinal = change(run.residFinal);
    return result;
}

} // namespace

at::Tensor tokensOf(const TokenInput& input, const std::vector<std::size_t>& pairs) {
    std::vector<std::int64_t> ids;
    for (const auto pair : pairs)
        for (const auto token : input.sequences[pair].tokens)
            ids.push_back(token.value);
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong))
        .view({static_cast<std::int64_t>(pairs.size()), -1});
}

PairRuns runPairs(const Weights& weights, const at::Tensor& baseTokens,
                  const at::Tensor& sourceTokens, const Progress& progress) {
    const auto both = runTokens(weights, at::cat({baseTokens, sourceTokens}), Kept::All, progress);
    const auto pairs = baseTokens.size(0);
    const auto half = [&](std::int64_t which) {
        return changed(both,
                       [&](const at::Tensor& t) { return t.narrow(0, which * pairs, pairs); });
    };
    return {half(0), half(1)};
}

std::int64_t runBytesPerPair(const Weights& weights, std::int64_t length) {
    const auto& config = weights.config;
    const std::int64_t perToken =
        std::int64_t{config.n_layers} * (8 * config.d_model + 2 * config.d_mlp) + config.d_model;
    return 2 * length * perToken * static_cast<std::int64_t>(weights.W_pos.element_size());
}

} // namespace residuum
