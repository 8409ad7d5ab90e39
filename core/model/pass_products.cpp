#include "core/model/pass_products.h"

#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>

namespace residuum {

namespace {

constexpr std::int64_t headRows = 512;

template <class Work>
double secondsOf(const at::Tensor& on, const Work& work) {
    double best = 1e30;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor out = work();
        if (!on.device().is_cpu())
            out.flatten()[0].item<double>(); // waits for the device
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::min(best, seconds.count());
    }
    return best;
}

/// Scores and their use, of every head; about half of each square is computed.
at::Tensor attentionProducts(const at::Tensor& x, const ModelConfig& config, std::int64_t batch) {
    const auto heads =
        x.view({batch, -1, config.n_heads, config.d_head}).transpose(1, 2).flatten(0, 1);
    if (!x.device().is_cpu())
        return at::bmm(at::bmm(heads, heads.transpose(1, 2)), heads);
    auto out = at::empty_like(heads);
    constexpr std::int64_t tile = 128;
    at::parallel_for(0, heads.size(0), 1, [&](std::int64_t first, std::int64_t last) {
        const at::NoGradGuard noGrad;
        for (auto h = first; h < last; ++h)
            for (std::int64_t begin = 0; begin < heads.size(1); begin += tile) {
                const auto count = std::min(tile, heads.size(1) - begin);
                const auto keys = heads[h].narrow(0, 0, begin + count);
                auto here = out[h].narrow(0, begin, count);
                at::mm_out(here, at::mm(heads[h].narrow(0, begin, count), keys.t()), keys);
            }
    });
    return out;
}

} // namespace

double passProductSeconds(const Weights& weights, std::int64_t batch, std::int64_t length) {
    const at::NoGradGuard noGrad;
    const auto& config = weights.config;
    const auto& block = weights.blocks.front();
    const auto rows = batch * length;
    const auto x = at::full({rows, config.d_model}, 0.5, weights.W_E.options());
    const auto wide = at::full({rows, config.d_mlp}, 0.5, weights.W_E.options());
    const double ofBlock = secondsOf(x, [&] {
        applyWeights(x, block.W_QKV);
        attentionProducts(x, config, batch);
        applyWeights(x, block.W_O);
        applyWeights(x, block.W_in);
        return applyWeights(wide, block.W_out);
    });
    const auto some = x.narrow(0, 0, std::min(headRows, rows));
    const double ofHead = secondsOf(x, [&] { return applyWeights(some, weights.W_U_rows.t()); }) *
                          static_cast<double>(rows) / static_cast<double>(some.size(0));
    return 3.0 * (config.n_layers * ofBlock + ofHead); // a backward pass has twice as many
}

} // namespace residuum
