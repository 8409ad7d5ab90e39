// Opening a 500 MB checkpoint with a warm file cache, finite check and hash included, and the
// memory that a first forward pass leaves resident. Bars: 500 ms, 1.1 times the weights.
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "resident.h"
#include "synthetic.h"

#include <ATen/ATen.h>

#include <fstream>

namespace residuum::bench {
namespace {

/// Reads every byte once: the least that a finite check and a hash can cost.
void readFileOnce(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::vector<char> buffer(1 << 20);
    while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()))) {
    }
}

void openSmall(benchmark::State& state) {
    const auto file = syntheticFolder("small") / "model.safetensors";
    reportRatio(
        state, [] { openSynthetic("small"); }, [&] { readFileOnce(file); });
    const double weights = static_cast<double>(std::filesystem::file_size(file));
    const double before = residentBytes();
    const auto model = openSynthetic("small");
    const auto ids = at::randint(0, 50257, {1, 16}, at::kLong);
    forward(model->weights(), ids, std::nullopt, nullptr, Progress());
    model->weights().derived.get(model->weights());
    state.counters["resident/weights"] = (residentBytes() - before) / weights;
}
BENCHMARK(openSmall)->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
