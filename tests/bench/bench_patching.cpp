// Exact patching sweeps against the matrix products they need (bar: 1.5), attribution patching
// against forward passes (bar: 4), all with both base runs included. Printed beside: the
// arithmetic, multiples of one forward pass and of the naive loop (one full forward pass per
// patch).
#include "analysis/patching/patching.h"
#include "analysis/statistics/cell_statistics.h"
#include "core/model/forward.h"
#include "core/model/products.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cstdlib>
#include <stop_token>
#include <thread>

namespace residuum::bench {
namespace {

constexpr int length = 16;

PairTokens pairDifferingFrom(int first, int tokens) {
    TokenSequence clean, corrupt;
    for (int p = 0; p < tokens; ++p) {
        clean.tokens.emplace_back(100 + 37 * p);
        corrupt.tokens.emplace_back(100 + 37 * p + (p >= first ? 5000 : 0));
    }
    PairTokens pairs;
    pairs.add(clean, corrupt, {TokenId(11), TokenId(22)});
    return pairs;
}

/// Products of `flop` FLOP in the proportions of a block, `rows` at a time, as the program calls
/// the BLAS; and the two base runs' own.
void products(const Weights& weights, double flop, std::int64_t rows) {
    const at::NoGradGuard noGrad;
    const auto& config = weights.config;
    const auto narrow = at::empty({rows, config.d_model}, at::kFloat).fill_(0.5f);
    const auto wide = at::empty({rows, config.d_mlp}, at::kFloat).fill_(0.5f);
    const double perBlock =
        static_cast<double>(rows) * config.d_model * (8.0 * config.d_model + 4.0 * config.d_mlp);
    double done = 0.0;
    for (std::size_t l = 0; done < flop; l = (l + 1) % weights.blocks.size()) {
        const auto& block = weights.blocks[l];
        applyWeights(narrow, block.W_QKV);
        applyWeights(narrow, block.W_O);
        applyWeights(narrow, block.W_in);
        applyWeights(wide, block.W_out);
        done += perBlock;
    }
}

double best(int times, const std::function<void()>& work) {
    double seconds = 1e9;
    for (int i = 0; i < times; ++i)
        seconds = std::min(seconds, secondsOf(work));
    return seconds;
}

double forwardSeconds(const Model& model, int tokens) {
    const auto ids = at::randint(0, 50257, {1, tokens}, at::kLong);
    const Progress progress;
    const LogitPositions last = std::vector<std::int64_t>{tokens - 1};
    return best(5, [&] { forward(model.weights(), ids, last, nullptr, progress); });
}

void sweep(benchmark::State& state, const std::string& size, PatchSite site, int first) {
    const auto model = openSynthetic(size);
    const auto pairs = pairDifferingFrom(first, length);
    PatchRequest request;
    request.sites = {site};
    request.methods = {PatchMethod::Exact};
    const auto cost = patchCost(*model, pairs, request);
    const double flop = cost.exactFlop + 2.0 * cost.forwardFlop;
    // As many rows as a batch has on average: small sweeps stream the weights for few rows.
    const auto& config = model->info().config;
    const auto rowsOfSweep =
        static_cast<std::int64_t>(cost.exactFlop / (config.n_layers * config.d_model *
                                                    (8.0 * config.d_model + 4.0 * config.d_mlp)));
    const auto rows = std::clamp<std::int64_t>(rowsOfSweep, 16, 1024);
    reportRatio(
        state,
        [&] {
            Progress progress;
            benchmark::DoNotOptimize(patchPairs(*model, pairs, request, progress));
        },
        [&] { products(model->weights(), flop, rows); });
    const double pass = forwardSeconds(*model, length);
    const double seconds = state.counters["work_ms"] / 1e3;
    state.counters["GFLOP"] = flop / 1e9;
    state.counters["patches"] = static_cast<double>(cost.patches);
    state.counters["forwards"] = seconds / pass;
    state.counters["naive_times"] = static_cast<double>(cost.patches) * pass / seconds;
    state.counters["announced_MB"] = static_cast<double>(cost.peakBytes) / 1e6;
}

void attribution(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto tokens = static_cast<int>(state.range(0));
    const auto pairs = pairDifferingFrom(0, tokens);
    PatchRequest request;
    request.sites = allPatchSites();
    request.methods = {PatchMethod::Attribution};
    const auto ids = at::randint(0, 50257, {1, tokens}, at::kLong);
    const Progress progress;
    const LogitPositions last = std::vector<std::int64_t>{tokens - 1};
    reportRatio(
        state,
        [&] {
            Progress own;
            benchmark::DoNotOptimize(patchPairs(*model, pairs, request, own));
        },
        [&] { forward(model->weights(), ids, last, nullptr, progress); });
}
BENCHMARK(attribution)
    ->Arg(16)
    ->Arg(128)
    ->Iterations(4)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void residPre(benchmark::State& state) {
    sweep(state, "small", PatchSite::ResidPre, static_cast<int>(state.range(0)));
}
void zAllPositions(benchmark::State& state) {
    sweep(state, "small", PatchSite::ZAll, static_cast<int>(state.range(0)));
}
void zByPosition(benchmark::State& state) {
    sweep(state, "small", PatchSite::Z, static_cast<int>(state.range(0)));
}
BENCHMARK(residPre)->Arg(0)->Arg(11)->Iterations(3)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(zAllPositions)->Arg(0)->Iterations(2)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(zByPosition)->Arg(11)->Iterations(2)->UseManualTime()->Unit(benchmark::kMillisecond);

/// Intervals and p of 480 pairs' means over a map of so many cells: the demo models' resid_pre,
/// GPT-2 small's z.
void pairStatistics(benchmark::State& state) {
    SampledCells cells{Table::Random(480, state.range(0)), {}, {}};
    for (auto _ : state)
        benchmark::DoNotOptimize(statisticsOf(cells));
}
BENCHMARK(pairStatistics)->Arg(80)->Arg(2304)->Unit(benchmark::kMillisecond);

/// How long a sweep goes on after a stop was requested, at 20 moments of it. Bar: 100 ms.
void cancelling(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto pairs = pairDifferingFrom(0, length);
    PatchRequest request;
    request.sites = {PatchSite::Z, PatchSite::MlpPost};
    double worst = 0.0;
    for ([[maybe_unused]] auto _ : state) {
        for (int moment = 0; moment < 20; ++moment) {
            std::stop_source stop;
            std::jthread later([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(5 + 37 * moment));
                stop.request_stop();
            });
            Progress progress(stop.get_token(), {});
            std::chrono::steady_clock::time_point requested;
            const std::stop_callback mark(stop.get_token(),
                                          [&] { requested = std::chrono::steady_clock::now(); });
            try {
                patchPairs(*model, pairs, request, progress);
            } catch (const Cancelled&) {
                worst = std::max(worst, std::chrono::duration<double>(
                                            std::chrono::steady_clock::now() - requested)
                                            .count());
            }
        }
    }
    state.counters["worst_ms"] = 1e3 * worst;
}
BENCHMARK(cancelling)->Iterations(1)->Unit(benchmark::kMillisecond);

/// Ten seconds each, or models of several gigabytes: only where asked for.
[[maybe_unused]] const bool registeredLarge = [] {
    const auto add = [](const char* name, const std::string& size, PatchSite site) {
        benchmark::RegisterBenchmark(name,
                                     [=](benchmark::State& state) { sweep(state, size, site, 0); })
            ->Iterations(1)
            ->UseManualTime()
            ->Unit(benchmark::kMillisecond);
    };
    if (std::getenv("RESIDUUM_BENCH_LONG") != nullptr)
        add("zByPosition/0", "small", PatchSite::Z);
    if (std::getenv("RESIDUUM_BENCH_MEDIUM") != nullptr)
        add("residPreMedium/0", "medium", PatchSite::ResidPre);
    if (std::getenv("RESIDUUM_BENCH_XL") != nullptr)
        add("residPreXl/0", "xl", PatchSite::ResidPre);
    return true;
}();

} // namespace
} // namespace residuum::bench
