// Attribution at all positions against the forward pass it needs anyway. Bar: ratio at most 1.2.
#include "analysis/attribution/dla.h"
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>

namespace residuum::bench {
namespace {

void attributionAllPositions(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto ids = at::randint(0, 50257, {1, state.range(0)}, at::kLong);
    TokenInput input{{{}}};
    for (std::int64_t p = 0; p < ids.numel(); ++p)
        input.sequences[0].tokens.emplace_back(ids[0][p].item<std::int64_t>());
    DlaRequest request;
    request.target.rule = TargetRule::NextOrArgmax; // another direction at every position
    request.position.all = true;
    request.bootstrapResamples = static_cast<int>(state.range(1));
    Progress progress;
    reportRatio(
        state, [&] { benchmark::DoNotOptimize(attributeLogits(*model, input, request, progress)); },
        [&] {
            benchmark::DoNotOptimize(
                forward(model->weights(), ids, std::nullopt, nullptr, progress));
        });
}
BENCHMARK(attributionAllPositions)
    ->ArgNames({"tokens", "bootstrap"})
    ->Args({128, 0})
    ->Args({128, 1000})
    ->Iterations(8)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
