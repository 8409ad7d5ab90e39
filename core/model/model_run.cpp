#include "core/model/model_run.h"

#include "core/model/forward.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

using enum HookPoint;

/// Where a hook's activation is kept; null for hooks that are not.
at::Tensor* place(LayerRun& layer, HookPoint point, Kept kept) {
    if (point == ResidPre)
        return &layer.residPre;
    switch (point) {
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
    case MlpPre:
        return &layer.mlpPre;
    default:
        break;
    }
    if (kept == Kept::ForBackward)
        return nullptr;
    switch (point) {
    case AttnOut:
        return &layer.attnOut;
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
    RunTap(std::size_t n_layers, Kept kept) : kept_(kept) { run_.layers.resize(n_layers); }

    bool wants(const Hook& hook) const override {
        LayerRun any;
        return place(any, hook.point, kept_) != nullptr || isFinal(hook);
    }
    void receive(const Hook& hook, const at::Tensor& value) override {
        auto& layer = run_.layers[static_cast<std::size_t>(hook.layer.value)];
        (isFinal(hook) ? run_.residFinal : *place(layer, hook.point, kept_)) = value;
    }
    ModelRun take() { return std::move(run_); }

  private:
    bool isFinal(const Hook& hook) const {
        return hook.point == ResidPost &&
               static_cast<std::size_t>(hook.layer.value) + 1 == run_.layers.size();
    }
    Kept kept_;
    ModelRun run_;
};

const LogitPositions nowhere = std::vector<std::int64_t>{};

} // namespace

ModelRun runTokens(const Weights& weights, const at::Tensor& tokens, Kept kept,
                   const Progress& progress) {
    RunTap tap(weights.blocks.size(), kept);
    forward(weights, tokens, nowhere, &tap, progress);
    return tap.take();
}

ModelRun runFrom(const Weights& weights, const at::Tensor& resid, Kept kept,
                 const Progress& progress) {
    RunTap tap(weights.blocks.size(), kept);
    forwardFrom(weights, LayerIndex(0), resid, nowhere, &tap, progress);
    return tap.take();
}

LayerRun runBlock(const Weights& weights, LayerIndex layer, const at::Tensor& residPre, Kept kept) {
    RunTap tap(weights.blocks.size(), kept);
    forwardBlock(weights, layer, residPre, &tap);
    auto run = tap.take();
    return std::move(run.layers[static_cast<std::size_t>(layer.value)]);
}

} // namespace residuum
