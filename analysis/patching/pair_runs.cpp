#include "analysis/patching/pair_runs.h"

#include "core/model/forward.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

using enum HookPoint;

/// Where a hook's activation is kept; null for hooks that patching does not use.
at::Tensor* place(PairRun& run, const Hook& hook) {
    auto& layer = run.layers[static_cast<std::size_t>(hook.layer.value)];
    switch (hook.point) {
    case ResidPre:
        return &layer.residPre;
    case ResidMid:
        return &layer.residMid;
    case Q:
        return &layer.q;
    case K:
        return &layer.k;
    case V:
        return &layer.v;
    case Z:
        return &layer.z;
    case AttnOut:
        return &layer.attnOut;
    case MlpPre:
        return &layer.mlpPre;
    case MlpPost:
        return &layer.mlpPost;
    case MlpOut:
        return &layer.mlpOut;
    default:
        return nullptr;
    }
}

class RunTap : public Tap {
  public:
    explicit RunTap(int n_layers) : lastLayer_(n_layers - 1) {
        run_.layers.resize(static_cast<std::size_t>(n_layers));
    }
    bool wants(const Hook& hook) const override {
        return place(const_cast<PairRun&>(run_), hook) != nullptr || isFinal(hook);
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        (isFinal(hook) ? run_.residFinal : *place(run_, hook)) = value;
    }
    PairRun take() { return std::move(run_); }

  private:
    bool isFinal(const Hook& hook) const {
        return hook.point == ResidPost && hook.layer.value == lastLayer_;
    }
    int lastLayer_;
    PairRun run_;
};

template <class Change>
PairRun changed(const PairRun& run, Change change) {
    PairRun result;
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

const LogitPositions nowhere = std::vector<std::int64_t>{};

} // namespace

PairRuns runPairs(const Weights& weights, const at::Tensor& baseTokens,
                  const at::Tensor& sourceTokens, const Progress& progress) {
    RunTap tap(weights.config.n_layers);
    forward(weights, at::cat({baseTokens, sourceTokens}), nowhere, &tap, progress);
    const auto both = tap.take();
    const auto pairs = baseTokens.size(0);
    const auto half = [&](std::int64_t which) {
        return changed(both,
                       [&](const at::Tensor& t) { return t.narrow(0, which * pairs, pairs); });
    };
    return {half(0), half(1)};
}

PairRun runFrom(const Weights& weights, const at::Tensor& resid, const Progress& progress) {
    RunTap tap(weights.config.n_layers);
    forwardFrom(weights, LayerIndex(0), resid, nowhere, &tap, progress);
    return tap.take();
}

std::int64_t runBytesPerPair(const Weights& weights, std::int64_t length) {
    const auto& config = weights.config;
    const std::int64_t perToken =
        std::int64_t{config.n_layers} * (8 * config.d_model + 2 * config.d_mlp) + config.d_model;
    return 2 * length * perToken * static_cast<std::int64_t>(weights.W_pos.element_size());
}

} // namespace residuum
