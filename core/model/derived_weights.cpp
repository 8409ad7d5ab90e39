#include "core/model/derived_weights.h"

#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Summed block by block, because a float64 copy of the whole unembedding would double the model.
at::Tensor meanOfRows(const at::Tensor& rows) {
    constexpr std::int64_t blockRows = 1024;
    auto sum = inDouble(at::zeros({rows.size(1)}, rows.options()));
    for (std::int64_t begin = 0; begin < rows.size(0); begin += blockRows) {
        const auto count = std::min(blockRows, rows.size(0) - begin);
        sum += whereDoublesAre(rows.narrow(0, begin, count)).sum(0, false, at::kDouble);
    }
    return sum / static_cast<double>(rows.size(0));
}

at::Tensor gramOfHeads(const at::Tensor& W_O, int n_heads, const NormSite& ln_f) {
    const auto d = W_O.size(1);
    const auto rows = centre(inDouble(W_O).view({n_heads, W_O.size(0) / n_heads, d}), ln_f);
    return at::bmm(rows, rows.transpose(1, 2));
}

/// v [in] through W [in, out], in W's dtype.
at::Tensor throughWeights(const at::Tensor& v, const at::Tensor& W) {
    return inDouble(applyWeights(v.to(W.device(), W.scalar_type()).unsqueeze(0), W).squeeze(0));
}

at::Tensor valueBias(const BlockWeights& block) {
    const auto d = block.W_O.size(1);
    return inDouble(block.b_QKV.narrow(0, 2 * d, d)) +
           throughWeights(block.ln1_v.bias, block.W_QKV.narrow(1, 2 * d, d));
}

DerivedWeights derive(const Weights& weights) {
    const at::NoGradGuard noGrad;
    DerivedWeights derived;
    derived.unembedMean = meanOfRows(weights.W_U_rows);
    for (const auto& block : weights.blocks) {
        derived.headGram.push_back(
            gramOfHeads(block.W_O, weights.config.n_heads, weights.ln_f.site));
        derived.valueBias.push_back(valueBias(block));
        derived.attnBias.push_back(inDouble(block.b_O) +
                                   throughWeights(derived.valueBias.back(), block.W_O));
    }
    return derived;
}

} // namespace

const DerivedWeights& DerivedWeightsCache::get(const Weights& weights) {
    const std::lock_guard lock(mutex_);
    if (!made_ || generation_ != weights.generation) {
        made_ = derive(weights);
        generation_ = weights.generation;
    }
    return *made_;
}

} // namespace residuum
