// The logit lens at every position of a prompt, the forward pass included, against the products
// with W_U that it needs and nothing else (bar: 1.4).
#include "analysis/lens/lens.h"
#include "core/model/products.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cstdlib>
#include <random>

namespace residuum::bench {
namespace {

/// Argument: tracked tokens; 0: the model's own.
void lensAtAllPositions(benchmark::State& state) {
    const at::NoGradGuard noGrad;
    const bool all = std::getenv("RESIDUUM_BENCH_LONG") != nullptr;
    const auto model = openSynthetic("small");
    const auto& weights = model->weights();
    TokenInput input;
    std::mt19937 random(1);
    auto& tokens = input.sequences.emplace_back().tokens;
    for (int p = 0; p < (all ? 1024 : 256); ++p)
        tokens.emplace_back(static_cast<int>(random() % unsigned(weights.config.d_vocab)));
    LensRequest request;
    request.position.all = true;
    for (int k = 0; k < state.range(0); ++k)
        request.track.ids.emplace_back(1000 * k);
    const auto norm =
        at::randn({static_cast<std::int64_t>(tokens.size()), weights.config.d_model}, at::kFloat);
    reportRatio(
        state,
        [&] {
            Progress progress;
            Job<LensResult> job(progress);
            benchmark::DoNotOptimize(readLens(*model, input, request, job));
        },
        [&] {
            for (int point = 0; point < 2 * weights.config.n_layers + 1; ++point)
                benchmark::DoNotOptimize(applyWeights(norm, weights.W_U_rows.t()));
        });
}
BENCHMARK(lensAtAllPositions)
    ->ArgName("tracked")
    ->Arg(0)
    ->Arg(4)
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
