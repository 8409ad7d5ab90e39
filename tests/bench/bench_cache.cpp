// A result of GPT-2-small size from the cache against computing it. Bar: 200 ms for any view.
#include "analysis/attribution/dla_analysis.h"
#include "ratio.h"
#include "support/paths.h"
#include "synthetic.h"

#include <ATen/ATen.h>

namespace residuum::bench {
namespace {

/// `tokens` of one prompt at all positions.
void cacheHit(benchmark::State& state) {
    const auto model = openSynthetic("small");
    const auto ids = at::randint(0, 50257, {state.range(0)}, at::kLong);
    PromptInput input{{}, {{{}}}};
    for (std::int64_t p = 0; p < ids.numel(); ++p)
        input.tokens.sequences[0].tokens.emplace_back(ids[p].item<std::int64_t>());
    input.request.ids = {input.tokens.sequences[0].tokens};
    DlaRequest request;
    request.position.all = true;
    request.topPredictions = usualPredictions;
    const test::TemporaryFolder folder;
    ResultCache cache({folder.path()});
    Progress progress;
    const auto ask = [&](CacheUse use) {
        benchmark::DoNotOptimize(
            answer<DlaAnalysis>(&cache, use, *model, input, request, progress));
    };
    ask(CacheUse::WriteOnly);
    reportRatio(
        state, [&] { ask(CacheUse::ReadAndWrite); }, [&] { ask(CacheUse::WriteOnly); });
    state.counters["file_KB"] = static_cast<double>(cache.info().bytes) / 1e3;
}
BENCHMARK(cacheHit)->ArgName("tokens")->Arg(16)->Arg(1024)->Iterations(3)->UseManualTime()->Unit(
    benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
