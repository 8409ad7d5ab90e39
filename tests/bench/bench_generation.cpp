// Greedy generation against reading the weights once per token: a plain read of as many bytes by as
// many threads. Bar: ratio at most 1.5.
#include "core/model/decoder.h"
#include "core/model/sampling.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "synthetic.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <array>
#include <atomic>

namespace residuum::bench {
namespace {

/// What one token needs of the weights: all but the embeddings' other rows.
std::vector<at::Tensor> readPerToken(const Weights& weights) {
    std::vector<at::Tensor> all{weights.W_U_rows, weights.ln_f.gain, weights.ln_f.bias};
    for (const auto& block : weights.blocks)
        for (const auto& tensor :
             {block.ln1_qk.gain, block.ln1_qk.bias, block.W_QKV, block.b_QKV, block.W_O, block.b_O,
              block.ln2.gain, block.ln2.bias, block.W_in, block.b_in, block.W_out, block.b_out})
            all.push_back(tensor);
    return all;
}

std::int64_t bytesOf(const std::vector<at::Tensor>& tensors) {
    std::int64_t bytes = 0;
    for (const auto& tensor : tensors)
        bytes += static_cast<std::int64_t>(tensor.nbytes());
    return bytes;
}

std::uint64_t sumOf(const std::uint64_t* words, std::int64_t count) {
    std::array<std::uint64_t, 8> sums{};
    for (std::int64_t i = 0; i + 8 <= count; i += 8)
        for (std::size_t lane = 0; lane < 8; ++lane)
            sums[lane] += words[i + static_cast<std::int64_t>(lane)];
    std::uint64_t sum = 0;
    for (const auto each : sums)
        sum += each;
    return sum;
}

/// Each thread reads a contiguous share of every tensor.
void readAll(const std::vector<at::Tensor>& tensors) {
    std::atomic<std::uint64_t> sum{0};
    for (const auto& tensor : tensors) {
        const auto* words = static_cast<const std::uint64_t*>(tensor.data_ptr());
        const auto count = static_cast<std::int64_t>(tensor.nbytes() / sizeof(std::uint64_t));
        at::parallel_for(0, count, 4096, [&](std::int64_t begin, std::int64_t end) {
            sum += sumOf(words + begin, end - begin);
        });
    }
    benchmark::DoNotOptimize(sum.load());
}

/// `temperature` 0: greedy.
void generation(benchmark::State& state, double temperature) {
    constexpr int steps = 4;
    const auto model = openSynthetic("small");
    const auto& weights = model->weights();
    const auto tensors = readPerToken(weights);
    std::vector<TokenId> prompt;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        prompt.emplace_back(100 + 37 * i);
    const Progress progress;
    Decoder decoder(weights, prompt, 200, progress);
    const Sampling sampling{.temperature = temperature, .topP = temperature == 0.0 ? 1.0 : 0.9};
    std::int64_t step = 0;
    reportRatio(
        state,
        [&] {
            for (int i = 0; i < steps; ++i)
                decoder.read(chooseToken(decoder.logits(), sampling, step++).token, progress);
        },
        [&] {
            for (int i = 0; i < steps; ++i)
                readAll(tensors);
        });
    state.counters["tokens_per_s"] = 1e3 * steps / state.counters["work_ms"];
    state.counters["read_GB_per_s"] =
        steps * static_cast<double>(bytesOf(tensors)) / state.counters["reference_ms"] / 1e6;
}

void greedyTokens(benchmark::State& state) {
    generation(state, 0.0);
}
void drawnTokens(benchmark::State& state) {
    generation(state, 1.0);
}
BENCHMARK(greedyTokens)
    ->Arg(16)
    ->Arg(800)
    ->Iterations(12)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(drawnTokens)->Arg(16)->Iterations(6)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
