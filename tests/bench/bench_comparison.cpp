// Comparing models over a dataset against the forward passes that it needs. Bar: ratio at
// most 1.25.
#include "analysis/comparison/comparison.h"
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>

namespace residuum::bench {
namespace {

constexpr int sequences = 4;
constexpr std::int64_t length = 128;

TokenInput randomInput() {
    TokenInput input;
    for (int s = 0; s < sequences; ++s) {
        auto& tokens = input.sequences.emplace_back().tokens;
        for (std::int64_t p = 0; p < length; ++p)
            tokens.emplace_back((7919 * (s * length + p) + 13) % 50000);
    }
    return input;
}

/// So many models, every pair of them.
void comparison(benchmark::State& state, const ComparisonRequest& request) {
    Comparison wanted;
    for (std::int64_t m = 0; m < state.range(0); ++m) {
        wanted.models.push_back(openSynthetic("small"));
        wanted.own.push_back(true);
        for (std::int64_t before = 0; before < m; ++before)
            wanted.pairs.emplace_back(before, m);
    }
    const auto input = randomInput();
    Progress progress;
    reportRatio(
        state, [&] { compareModels(wanted, input, request, progress); },
        [&] {
            for (const auto& model : wanted.models) {
                std::vector<std::int64_t> ids;
                for (const auto& sequence : input.sequences)
                    for (const auto token : sequence.tokens)
                        ids.push_back(token.value);
                const auto tokens = at::tensor(ids, at::kLong).view({sequences, length});
                benchmark::DoNotOptimize(
                    forward(model->weights(), tokens, std::nullopt, nullptr, progress));
            }
        });
    state.counters["tokens_per_s"] =
        1e3 * static_cast<double>(sequences * length) / state.counters["work_ms"];
}

void compareOutputs(benchmark::State& state) {
    comparison(state, {});
}
void compareEverything(benchmark::State& state) {
    comparison(state, {.layers = true, .attention = true});
}
BENCHMARK(compareOutputs)
    ->Arg(1)
    ->Arg(3)
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(compareEverything)->Arg(3)->Iterations(3)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
