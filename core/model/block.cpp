#include "core/model/block.h"

#include "core/model/norm.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

/// `count` thirds of W_QKV or b_QKV, or of their gradients, as a view.
at::Tensor thirds(const at::Tensor& qkv, Third first, std::int64_t count) {
    const auto d = qkv.size(-1) / 3;
    return qkv.narrow(-1, static_cast<std::int64_t>(first) * d, count * d);
}

at::Tensor projectThirds(const at::Tensor& x, const BlockWeights& block, Third first,
                         std::int64_t count) {
    return applyWeights(x, thirds(block.W_QKV, first, count), thirds(block.b_QKV, first, count));
}

/// The gradients of y = x W + b.
void addLinear(const at::Tensor& W, const at::Tensor& b, const at::Tensor& x,
               const at::Tensor& gradient) {
    addWeightGradient(W, x, gradient);
    addRows(b, gradient);
}

} // namespace

AttentionInput normalizeForAttention(const at::Tensor& resid, const BlockWeights& block) {
    const auto qk = normalize(resid, block.ln1_qk);
    if (block.ln1_v.site == block.ln1_qk.site)
        return {qk, qk, true};
    return {qk, normalize(resid, block.ln1_v), false};
}

at::Tensor project(const AttentionInput& input, const BlockWeights& block, Third third) {
    return projectThirds(third == Third::Values ? input.v : input.qk, block, third, 1);
}

std::array<at::Tensor, 3> projectFrom(const AttentionInput& input, const BlockWeights& block,
                                      Third first) {
    const auto from = static_cast<std::int64_t>(first);
    const auto together = input.same || first == Third::Values ? 3 - from : 2 - from;
    const auto d = block.W_QKV.size(0);
    const auto product =
        projectThirds(first == Third::Values ? input.v : input.qk, block, first, together);
    std::array<at::Tensor, 3> all;
    for (std::int64_t i = 0; i < together; ++i)
        all[static_cast<std::size_t>(from + i)] = product.narrow(-1, i * d, d);
    if (!all[2].defined())
        all[2] = project(input, block, Third::Values);
    return all;
}

at::Tensor attentionOut(const at::Tensor& z, const BlockWeights& block) {
    return applyWeights(z, block.W_O, block.b_O);
}

at::Tensor mlpPre(const at::Tensor& norm, const BlockWeights& block) {
    return applyWeights(norm, block.W_in, block.b_in);
}

at::Tensor mlpOut(const at::Tensor& post, const BlockWeights& block) {
    return applyWeights(post, block.W_out, block.b_out);
}

AttentionInputGradients projectBackward(const ProjectedGradients& gradients,
                                        const AttentionInput& input, const BlockWeights& block,
                                        BlockWeights* into) {
    const auto back = [&](const at::Tensor& gradient, const at::Tensor& x, Third first,
                          std::int64_t count) {
        if (into != nullptr)
            addLinear(thirds(into->W_QKV, first, count), thirds(into->b_QKV, first, count), x,
                      gradient);
        return applyWeights(gradient, thirds(block.W_QKV, first, count).t());
    };
    if (input.same)
        return {
            back(at::cat({gradients.q, gradients.k, gradients.v}, -1), input.qk, Third::Queries, 3),
            {}};
    return {back(at::cat({gradients.q, gradients.k}, -1), input.qk, Third::Queries, 2),
            back(gradients.v, input.v, Third::Values, 1)};
}

at::Tensor attentionOutBackward(const at::Tensor& gradient, const at::Tensor& z,
                                const BlockWeights& block, BlockWeights* into) {
    if (into != nullptr)
        addLinear(into->W_O, into->b_O, z, gradient);
    return applyWeights(gradient, block.W_O.t());
}

at::Tensor mlpPreBackward(const at::Tensor& gradient, const at::Tensor& norm,
                          const BlockWeights& block, BlockWeights* into) {
    if (into != nullptr)
        addLinear(into->W_in, into->b_in, norm, gradient);
    return applyWeights(gradient, block.W_in.t());
}

at::Tensor mlpOutBackward(const at::Tensor& gradient, const at::Tensor& post,
                          const BlockWeights& block, BlockWeights* into) {
    if (into != nullptr)
        addLinear(into->W_out, into->b_out, post, gradient);
    return applyWeights(gradient, block.W_out.t());
}

} // namespace residuum
