#include "naive_patching.h"

#include "core/model/activation.h"
#include "core/model/norm.h"

#include <ATen/ATen.h>

#include <cmath>

namespace residuum::test {

at::Tensor naiveForward(const Weights& weights, const at::Tensor& tokens, const NaiveHook& hook) {
    const auto T = tokens.size(0);
    const auto d = weights.W_E.size(1);
    const int H = weights.config.n_heads;
    auto resid = weights.W_E.index_select(0, tokens) + weights.W_pos.narrow(0, 0, T);
    const auto above = at::ones({T, T}, at::kBool).triu(1);
    for (int l = 0; l < weights.config.n_layers; ++l) {
        const auto& block = weights.blocks[static_cast<std::size_t>(l)];
        hook(l, "resid_pre", resid);
        const auto qkv = [&](int third) {
            const auto norm = normalize(resid, third == 2 ? block.ln1_v : block.ln1_qk);
            return (at::matmul(norm, block.W_QKV.narrow(1, third * d, d)) +
                    block.b_QKV.narrow(0, third * d, d))
                .view({T, H, d / H});
        };
        auto q = qkv(0), k = qkv(1), v = qkv(2);
        hook(l, "q", q);
        hook(l, "k", k);
        hook(l, "v", v);
        auto scores = at::einsum("qhd,khd->hqk", {q, k}) * weights.config.scoreScale(l);
        auto pattern = at::softmax(scores.masked_fill(above, -INFINITY), -1);
        hook(l, "pattern", pattern);
        auto z = at::einsum("hqk,khd->qhd", {pattern, v});
        hook(l, "z", z);
        auto attnOut = at::matmul(z.reshape({T, d}), block.W_O) + block.b_O;
        hook(l, "attn_out", attnOut);
        auto mid = resid + attnOut;
        hook(l, "resid_mid", mid);
        auto post = activate(at::matmul(normalize(mid, block.ln2), block.W_in) + block.b_in,
                             weights.config.activation);
        hook(l, "mlp_post", post);
        auto mlpOut = at::matmul(post, block.W_out) + block.b_out;
        hook(l, "mlp_out", mlpOut);
        resid = mid + mlpOut;
    }
    return resid.narrow(0, T - 1, 1);
}

std::map<std::string, at::Tensor> naiveActivations(const Weights& weights,
                                                   const at::Tensor& tokens) {
    std::map<std::string, at::Tensor> seen;
    naiveForward(weights, tokens, [&](int layer, const std::string& name, at::Tensor& value) {
        seen[std::to_string(layer) + "." + name] = value.clone();
    });
    return seen;
}

std::string hookOf(PatchSite site) {
    switch (site) {
    case PatchSite::ZAll:
        return "z";
    case PatchSite::QAll:
        return "q";
    case PatchSite::KAll:
        return "k";
    case PatchSite::VAll:
        return "v";
    default:
        return name(site);
    }
}

at::Tensor partOf(const at::Tensor& value, const SiteCell& cell) {
    if (cell.site == PatchSite::Pattern)
        return value.select(0, cell.head);
    if (cell.site == PatchSite::MlpPost)
        return value.select(1, cell.neuron);
    auto part = axesOf(cell.site).head ? value.select(1, cell.head) : value;
    return axesOf(cell.site).pos ? part.select(0, cell.pos) : part;
}

at::Tensor naivePatch(const Weights& weights, const at::Tensor& baseTokens,
                      const std::map<std::string, at::Tensor>& source, const SiteCell& cell) {
    const auto wanted = hookOf(cell.site);
    return naiveForward(weights, baseTokens,
                        [&](int layer, const std::string& name, at::Tensor& value) {
                            if (layer != cell.layer || name != wanted)
                                return;
                            const auto& from = source.at(std::to_string(layer) + "." + name);
                            value = value.clone();
                            partOf(value, cell).copy_(partOf(from, cell));
                        });
}

at::Tensor tokenTensor(const TokenSequence& sequence) {
    std::vector<std::int64_t> ids;
    for (const auto token : sequence.tokens)
        ids.push_back(token.value);
    return at::tensor(ids, at::kLong);
}

} // namespace residuum::test
