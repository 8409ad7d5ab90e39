#include "analysis/attribution/remainder.h"

#include "core/model/doubles.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

/// t [n, members, …] with member i of row i set to zero.
at::Tensor withoutMembers(const at::Tensor& t, const at::Tensor& members) {
    const auto rows = at::arange(t.size(0), members.options());
    return t.index_put({rows, members}, at::zeros({}, t.options()));
}

} // namespace

const at::Tensor& Remainder::sum() {
    if (!sum_.defined()) {
        sum_ = inDouble(activations_.embed) + inDouble(activations_.posEmbed);
        for (const auto& out : activations_.attnOut)
            sum_ += inDouble(out);
        for (const auto& out : activations_.mlpOut)
            sum_ += inDouble(out);
    }
    return sum_;
}

at::Tensor Remainder::withoutVectors(const at::Tensor& rows, const at::Tensor& vectors) {
    const auto taken = inDouble(vectors);
    return sum().index_select(0, rows) - (taken.size(0) == 1 ? taken : taken.index_select(0, rows));
}

at::Tensor Remainder::withoutHeads(std::size_t layer, const at::Tensor& rows,
                                   const at::Tensor& heads) {
    const auto& derived = weights_.derived.get(weights_);
    const auto z = inDouble(activations_.z[layer]).index_select(0, rows);
    const auto own = z - derived.valueBias[layer].view({z.size(1), z.size(2)});
    const auto others = withoutMembers(own, heads).reshape({z.size(0), -1});
    return withoutVectors(rows, activations_.attnOut[layer]) + derived.attnBias[layer] +
           at::mm(others, inDouble(weights_.blocks[layer].W_O));
}

at::Tensor Remainder::withoutNeurons(std::size_t layer, const at::Tensor& rows,
                                     const at::Tensor& neurons) {
    const auto& block = weights_.blocks[layer];
    const auto post = inDouble(
        activations_.mlpPost[layer].index_select(0, rows.to(activations_.mlpPost[layer].device())));
    return withoutVectors(rows, activations_.mlpOut[layer]) + inDouble(block.b_out) +
           at::mm(withoutMembers(post, neurons), inDouble(block.W_out));
}

} // namespace residuum
