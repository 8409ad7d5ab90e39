// One forward pass of GPT-2, normalisation site by site.
//
// Shapes: B = batch, T = pos, d = d_model, V = d_vocab.
#pragma once

#include "core/model/hooks.h"
#include "core/task/progress.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace at {
class Tensor;
}

namespace residuum {

struct Weights;

/// Sees activations as they are computed. A tap that wants nothing costs nothing.
class Tap {
  public:
    virtual ~Tap() = default;
    virtual bool wants(const Hook& hook) const = 0;
    /// `value` has the hook's shape and may be a view of memory that the pass goes on using:
    /// keep it only as a copy or as a tensor that is not written to.
    virtual void receive(const Hook& hook, const at::Tensor& value) = 0;
};

/// Where the unembedding runs: at every position, or only at those listed (from 0, the same for
/// every sequence of the batch; empty list: nowhere, the pass ends with the residual stream).
using LogitPositions = std::optional<std::vector<std::int64_t>>;

/// tokens: [B, T] int64, every id below d_vocab, 1 ≤ T ≤ n_ctx (checked by callers, who can name
/// the prompt). Returns the logits as Hugging Face does, [B, T or number of positions, V], in the
/// weights' dtype. `tap` may be null. Polls `progress` for cancellation once per layer.
at::Tensor forward(const Weights& weights, const at::Tensor& tokens,
                   const LogitPositions& positions, Tap* tap, const Progress& progress);

/// The same from a residual stream instead of tokens: `resid` [B, T, d] is block `first`'s
/// hook_resid_pre (of layer n_layers: what ln_f reads). What comes before is not offered to the
/// tap.
at::Tensor forwardFrom(const Weights& weights, LayerIndex first, const at::Tensor& resid,
                       const LogitPositions& positions, Tap* tap, const Progress& progress);

/// Block `layer` alone: hook_resid_post, [B, T, d], from its hook_resid_pre.
at::Tensor forwardBlock(const Weights& weights, LayerIndex layer, const at::Tensor& resid,
                        Tap* tap);

} // namespace residuum
