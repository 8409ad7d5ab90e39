// GPT-2 written a second time in plain tensor operations that LibTorch's autograd sees: the twin of
// the forward and backward passes. Slow and obvious.
#pragma once

#include "core/model/parameters.h"

#include <ATen/ATen.h>

#include <map>
#include <string>

namespace residuum::test {

/// Leaves that want gradients, by checkpoint key.
using Leaves = std::map<std::string, at::Tensor>;

inline Leaves leavesOf(const Parameters& parameters) {
    Leaves leaves;
    for (const auto& parameter : parameters.all())
        leaves[parameter.key] = parameter.value.clone().requires_grad_(true);
    return leaves;
}

/// The kind as a formula of tensors, alpha among them (undefined where there is none).
inline at::Tensor normFormula(const NormSite& site, const at::Tensor& x, const at::Tensor& gain,
                              const at::Tensor& bias, const at::Tensor& alpha) {
    const auto centred = x - x.mean(-1, true);
    const auto variance = (centred * centred).mean(-1, true), square = (x * x).mean(-1, true);
    if (const auto* norm = std::get_if<LayerNorm>(&site))
        return centred / at::sqrt(variance + norm->eps) * gain + bias;
    if (const auto* norm = std::get_if<RemovedNorm>(&site))
        return centred / norm->sigma * gain + bias;
    if (const auto* norm = std::get_if<RmsNorm>(&site))
        return (norm->epsOutside ? x / (at::sqrt(square) + norm->eps)
                                 : x / at::sqrt(square + norm->eps)) *
                   gain +
               bias;
    return at::tanh(x * alpha) * gain + bias;
}

class TwinModel {
  public:
    /// Sites and constants of `weights`, tensors of `leaves`.
    TwinModel(const Weights& weights, const Leaves& leaves) : weights_(weights), leaves_(leaves) {}

    /// What ln_f reads, [B, T, d].
    at::Tensor stream(const at::Tensor& tokens) const {
        auto resid = at::embedding(leaf("wte.weight"), tokens) +
                     leaf("wpe.weight").narrow(0, 0, tokens.size(1));
        for (std::size_t l = 0; l < weights_.blocks.size(); ++l)
            resid = block(l, resid);
        return resid;
    }
    /// [B, T, V]
    at::Tensor logits(const at::Tensor& stream) const {
        const auto head = weights_.tiedHead ? "wte.weight" : "lm_head.weight";
        return at::matmul(norm(weights_.ln_f.site, "ln_f", stream), leaf(head).t());
    }

    at::Tensor block(std::size_t l, const at::Tensor& resid) const {
        const auto& block = weights_.blocks[l];
        const auto here = "h." + std::to_string(l) + ".";
        const auto d = resid.size(-1);
        const auto third = [&](const NormSite& site, std::int64_t i) {
            const auto all = linear(here + "attn.c_attn", norm(site, here + "ln_1", resid));
            return all.narrow(-1, i * d, d)
                .view({resid.size(0), resid.size(1), weights_.config.n_heads, -1})
                .transpose(1, 2);
        };
        const auto q = third(block.ln1_qk.site, 0), k = third(block.ln1_qk.site, 1),
                   v = third(block.ln1_v.site, 2);
        const auto later = at::ones({resid.size(1), resid.size(1)}, at::kBool).triu(1);
        const auto scores =
            (at::matmul(q, k.transpose(2, 3)) * block.scoreScale).masked_fill(later, -INFINITY);
        const auto z =
            at::matmul(at::softmax(scores, -1), v).transpose(1, 2).reshape(resid.sizes());
        const auto mid = resid + linear(here + "attn.c_proj", z);
        const auto pre = linear(here + "mlp.c_fc", norm(block.ln2.site, here + "ln_2", mid));
        return mid + linear(here + "mlp.c_proj", activation(pre));
    }

  private:
    const at::Tensor& leaf(const std::string& key) const { return leaves_.at(key); }
    at::Tensor linear(const std::string& module, const at::Tensor& x) const {
        return at::matmul(x, leaf(module + ".weight")) + leaf(module + ".bias");
    }
    at::Tensor norm(const NormSite& site, const std::string& module, const at::Tensor& x) const {
        const auto alpha = leaves_.find(module + ".alpha");
        return normFormula(site, x, leaf(module + ".weight"), leaf(module + ".bias"),
                           alpha == leaves_.end() ? at::Tensor() : alpha->second);
    }
    at::Tensor activation(const at::Tensor& pre) const {
        if (weights_.config.activation == Activation::Relu)
            return at::relu(pre);
        if (weights_.config.activation == Activation::GeluErf)
            return pre * 0.5 * (1.0 + at::erf(pre / std::sqrt(2.0)));
        return pre * 0.5 *
               (1.0 + at::tanh(std::sqrt(2.0 / M_PI) * (pre + 0.044715 * pre * pre * pre)));
    }

    const Weights& weights_;
    const Leaves& leaves_;
};

} // namespace residuum::test
