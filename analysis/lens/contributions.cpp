#include "analysis/lens/contributions.h"

#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residuum {

// lens logit = centre(x) ⊙ gate ⊙ gain · w + bias · w = x · u + bias · w, u = centre(gate ⊙ gain ⊙
// w): every part c of x adds c · u.
at::Tensor contributions(const Weights& weights, const Streams& streams, const at::Tensor& tokens,
                         const at::Tensor& gate) {
    const at::NoGradGuard noGrad;
    const auto& norm = weights.ln_f;
    const auto u = centre(inDouble(weights.W_U_rows.index_select(0, tokens)) *
                              inDouble(foldedGain(norm)) * inDouble(gate),
                          norm.site); // [n, d]
    std::vector<at::Tensor> parts;    // [n] or [n, H]
    const auto add = [&](const at::Tensor& vectors) {
        parts.push_back((vectors * u).sum(-1, /*keepdim=*/true));
    };
    const auto& derived = weights.derived.get(weights);
    add(inDouble(streams.embed));
    add(inDouble(streams.posEmbed));
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        const auto& block = weights.blocks[l];
        const auto z = inDouble(streams.z[l]);
        const auto own = z - derived.valueBias[l].view({z.size(1), z.size(2)});
        parts.push_back((own * at::mm(u, inDouble(block.W_O).t()).view(z.sizes())).sum(-1));
        add(derived.attnBias[l].unsqueeze(0));
        const auto b_out = inDouble(block.b_out);
        add(inDouble(streams.mlpOut[l]) - b_out);
        add(b_out.unsqueeze(0));
    }
    return at::cat(parts, 1).t().to(at::kCPU).contiguous();
}

} // namespace residuum
