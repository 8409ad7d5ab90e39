// A forward pass against its own matrix products. Bar: ratio at most 1.5.
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "reference_products.h"
#include "synthetic.h"

#include <ATen/ATen.h>

#include <cstdlib>

namespace residuum::bench {
namespace {

void forwardPass(benchmark::State& state, const std::string& size) {
    const auto model = openSynthetic(size);
    const auto tokens = state.range(0);
    const auto ids = at::randint(0, 50257, {1, tokens}, at::kLong);
    const FasterProducts products(model->weights(), 1, tokens, tokens);
    const Progress progress;
    reportRatio(
        state,
        [&] {
            benchmark::DoNotOptimize(
                forward(model->weights(), ids, std::nullopt, nullptr, progress));
        },
        products);
}

void forwardSmall(benchmark::State& state) {
    forwardPass(state, "small");
}
BENCHMARK(forwardSmall)
    ->Arg(16)
    ->Arg(128)
    ->Arg(1024)
    ->Iterations(8)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void forwardXl(benchmark::State& state) {
    forwardPass(state, "xl");
}

/// 6.4 GB on disk and in memory: only where RESIDUUM_BENCH_XL asks for it.
[[maybe_unused]] const bool registeredXl = [] {
    if (std::getenv("RESIDUUM_BENCH_XL") == nullptr)
        return false;
    benchmark::RegisterBenchmark("forwardXl", forwardXl)
        ->Arg(16)
        ->Arg(128)
        ->Iterations(4)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    return true;
}();

} // namespace
} // namespace residuum::bench
