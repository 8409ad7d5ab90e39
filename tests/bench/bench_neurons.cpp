// Exact effects of 64 last-layer neurons over 512 tokens against the products with W_U that a
// forward pass per neuron would need (bar: 0.2), and screening of all 3,072 neurons over 4,096
// tokens (bar: 5 minutes) with its bound checked against exact values.
#include "analysis/neurons/last_layer_ablation.h"
#include "analysis/neurons/neurons.h"
#include "core/model/products.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

namespace residuum::bench {
namespace {

TokenInput randomTokens(int sequences, int length, int d_vocab) {
    std::mt19937 random(1);
    TokenInput input;
    for (int s = 0; s < sequences; ++s) {
        TokenSequence sequence;
        for (int p = 0; p < length; ++p)
            sequence.tokens.emplace_back(static_cast<int>(random() % unsigned(d_vocab)));
        input.sequences.push_back(sequence);
    }
    return input;
}

void exactNeurons(benchmark::State& state) {
    const at::NoGradGuard noGrad;
    // The ratio is the same for fewer tokens; all of them take a minute.
    const std::int64_t tokens = std::getenv("RESIDUUM_BENCH_LONG") != nullptr ? 512 : 128;
    constexpr std::int64_t block = 128, neurons = 64;
    const auto model = openSynthetic("small");
    const auto& weights = model->weights();
    const auto& config = model->info().config;
    const auto vectors = outputVectors(weights, LayerIndex(config.n_layers - 1));
    const auto final = at::randn({tokens, config.d_model}, at::kFloat) * 10.0;
    const auto delta = at::randn({tokens, neurons}, at::kDouble);
    std::vector<NeuronIndex> list;
    for (std::int64_t n = 0; n < neurons; ++n)
        list.emplace_back(n);
    const Progress progress;
    const auto rows = at::randn({1024, config.d_model}, at::kFloat);
    reportRatio(
        state,
        [&] {
            LastLayerAblation ablation(weights, vectors, list, std::int64_t{1} << 28);
            for (std::int64_t first = 0; first < tokens; first += block) {
                const auto states = tokenStates(weights, final.narrow(0, first, block),
                                                std::vector<std::int64_t>(std::size_t(block), 7));
                benchmark::DoNotOptimize(
                    ablation.effects(states, delta.narrow(0, first, block), progress));
            }
        },
        [&] {
            for (std::int64_t done = 0; done < 2 * neurons * tokens; done += rows.size(0))
                benchmark::DoNotOptimize(applyWeights(rows, weights.W_U_rows.t()));
        });
}
BENCHMARK(exactNeurons)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

/// Counters: the bound over the estimate (median neuron, |change of loss|), and the largest
/// distance of exact values from it over their bound (at most 1).
void screenNeurons(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const bool all = std::getenv("RESIDUUM_BENCH_LONG") != nullptr;
    const auto input = // 33 · 124 = 4,092 scored tokens
        randomTokens(all ? 33 : 2, all ? 125 : 33, model->info().config.d_vocab);
    NeuronRequest request;
    request.choice.top = 32;
    request.by = NeuronRank::TotalEntropy;
    request.randomNeurons = 32;
    std::shared_ptr<const NeuronResult> result;
    for ([[maybe_unused]] auto _ : state) {
        state.SetIterationTime(secondsOf([&] {
            Progress progress;
            result = studyNeurons(*model, input, request, progress);
        }));
    }
    double worst = 0.0;
    for (const auto* exact : {&result->chosen, &result->random})
        for (std::size_t i = 0; i < exact->neurons.size(); ++i)
            for (int e = 0; e < effectCount; ++e) {
                const auto n = exact->neurons[i].value;
                const double off =
                    std::abs(result->screening->meanAbs(n, e) - exact->meanAbs(Eigen::Index(i), e));
                worst = std::max(worst, off / result->screening->bound(n, e));
            }
    std::vector<double> relative;
    for (Eigen::Index n = 0; n < result->screening->bound.rows(); ++n)
        relative.push_back(result->screening->bound(n, 0) / result->screening->meanAbs(n, 0));
    std::nth_element(relative.begin(), relative.begin() + long(relative.size() / 2),
                     relative.end());
    state.counters["tokens"] = static_cast<double>(result->tokens.size());
    state.counters["bound_over_value"] = relative[relative.size() / 2];
    state.counters["off_over_bound"] = worst;
}
BENCHMARK(screenNeurons)->Iterations(1)->UseManualTime()->Unit(benchmark::kSecond);

} // namespace
} // namespace residuum::bench
