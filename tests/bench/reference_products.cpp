#include "reference_products.h"

#include "core/model/products.h"
#include "ratio.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <dlfcn.h>

namespace residuum::bench {

namespace {

void setBlasThreads(int threads) {
    using Set = void(int);
    if (auto* set = reinterpret_cast<Set*>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
        set(threads);
}

/// q kᵀ and pattern · v of every head; blocks of 128 queries see the keys up to their end.
void attentionProducts(std::int64_t sequences, std::int64_t tokens, const ModelConfig& config) {
    const auto q = at::empty({tokens, config.d_model}, at::kFloat).fill_(0.5f);
    at::parallel_for(0, sequences * config.n_heads, 1, [&](std::int64_t first, std::int64_t last) {
        const at::NoGradGuard noGrad;
        for (auto h = first; h < last; ++h) {
            const auto head = q.narrow(1, h % config.n_heads * config.d_head, config.d_head);
            for (std::int64_t begin = 0; begin < tokens; begin += 128) {
                const auto count = std::min<std::int64_t>(128, tokens - begin);
                const auto keys = head.narrow(0, 0, begin + count);
                const auto scores = at::mm(head.narrow(0, begin, count), keys.t());
                at::mm(scores, keys);
            }
        }
    });
}

} // namespace

void runProducts(const Weights& weights, std::int64_t sequences, std::int64_t tokens,
                 std::int64_t logitRows, bool splitColumns) {
    const at::NoGradGuard noGrad;
    const auto product = [&](const at::Tensor& x, const at::Tensor& W) {
        return splitColumns ? applyWeights(x, W) : at::mm(x, W);
    };
    if (!splitColumns)
        setBlasThreads(at::get_num_threads());
    const auto narrow =
        at::empty({sequences * tokens, weights.config.d_model}, at::kFloat).fill_(0.5f);
    const auto wide = at::empty({sequences * tokens, weights.config.d_mlp}, at::kFloat).fill_(0.5f);
    for (const auto& block : weights.blocks) {
        product(narrow, block.W_QKV);
        attentionProducts(sequences, tokens, weights.config);
        product(narrow, block.W_O);
        product(narrow, block.W_in);
        product(wide, block.W_out);
    }
    product(narrow.narrow(0, 0, logitRows), weights.W_U_rows.t());
    if (!splitColumns)
        setBlasThreads(1);
}

FasterProducts::FasterProducts(const Weights& weights, std::int64_t sequences, std::int64_t tokens,
                               std::int64_t logitRows)
    : weights_(weights), sequences_(sequences), tokens_(tokens), logitRows_(logitRows) {
    double best[2] = {1e9, 1e9};
    for (int i = 0; i < 3; ++i) {
        for (const bool split : {false, true})
            best[split] = std::min(best[split], secondsOf([&] {
                                       runProducts(weights, sequences, tokens, logitRows, split);
                                   }));
    }
    split_ = best[true] <= best[false];
}

} // namespace residuum::bench
