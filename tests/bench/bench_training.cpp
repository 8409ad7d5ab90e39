// A training pass (forward, losses, every weight's gradient) against three times the forward pass's
// own matrix products; bar: ratio at most 1.35. A whole step, with dropout, what the sites spread
// and the optimiser's update, against the same; bar: 1.5.
#include "core/model/adamw.h"
#include "core/model/training_pass.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "reference_products.h"
#include "resident.h"
#include "synthetic.h"

#include <ATen/ATen.h>

namespace residuum::bench {
namespace {

constexpr double megabyte = 1e6;

void trainingPass(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto batch = state.range(0), length = state.range(1);
    const auto activations = state.range(2) == 0 ? Activations::Kept : Activations::Recomputed;
    Parameters parameters(model->weights());
    const auto tokens = at::randint(0, 50257, {batch, length}, at::kLong);
    const FasterProducts products(model->weights(), batch, length, batch * length);
    const LossTerms terms{.auxiliary = 0.1, .endOfText = 50256};
    const Progress progress;
    const auto before = residentBytes();
    resetPeak();
    reportRatio(
        state, [&] { addGradients(parameters, tokens, terms, activations, progress); },
        [&] {
            for (int pass = 0; pass < 3; ++pass)
                products();
        });
    state.counters["weights_MB"] = static_cast<double>(parameters.bytes()) / megabyte;
    state.counters["gradients_MB"] = static_cast<double>(parameters.bytes()) / megabyte;
    state.counters["announced_MB"] =
        static_cast<double>(passBytes(parameters.weights(), batch, length, activations)) / megabyte;
    state.counters["peak_MB"] = static_cast<double>(peakBytes() - before) / megabyte;
    state.counters["tokens/s"] =
        static_cast<double>(batch * length) / (1e-3 * state.counters["work_ms"]);
}
BENCHMARK(trainingPass)
    ->ArgNames({"batch", "length", "recomputed"})
    ->Args({4, 256, 0})
    ->Args({4, 256, 1})
    ->Args({1, 1024, 0})
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void trainingStep(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto batch = state.range(0), length = state.range(1);
    Parameters parameters(model->weights());
    AdamW optimiser(parameters, {}, [](const std::string& key) { return key.ends_with("weight"); });
    const auto tokens = at::randint(0, 50257, {batch, length}, at::kLong);
    const FasterProducts products(model->weights(), batch, length, batch * length);
    const Progress progress;
    LossTerms terms{.auxiliary = 0.1,
                    .endOfText = 50256,
                    .dropout = {.share = 0.1, .seed = 1},
                    .spreads = true};
    reportRatio(
        state,
        [&] {
            ++terms.dropout.step;
            addGradients(parameters, tokens, terms, Activations::Kept, progress);
            optimiser.update(parameters, 1e-5);
        },
        [&] {
            for (int pass = 0; pass < 3; ++pass)
                products();
        });
    state.counters["tokens/s"] =
        static_cast<double>(batch * length) / (1e-3 * state.counters["work_ms"]);
}
BENCHMARK(trainingStep)
    ->ArgNames({"batch", "length"})
    ->Args({4, 256})
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
