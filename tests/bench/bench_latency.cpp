// What the user waits for: from a prompt edit until each of two models has answered at the position
// that is shown, through the document and its engine, against a forward pass of the same tokens in
// the same run. Bars: 1.5 for the first model's answer, 3 for both.
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "ratio.h"
#include "support/paths.h"
#include "synthetic.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/workspace/workspace.h"

#include <ATen/ATen.h>
#include <QApplication>
#include <QEventLoop>

#include <algorithm>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

namespace residuum::bench {
namespace {

constexpr int tokensOfPrompt = 16;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Seconds since the edit.
struct Waited {
    double first = 0.0; ///< until one model's answer at the shown position was there
    double both = 0.0;
    double whole = 0.0; ///< until nothing was left to do, the cache written
};

/// Two models side by side, open and warm.
class Document {
  public:
    explicit Document(bool withPanel) {
        if (withPanel) {
            panel_ = std::make_unique<AttributionPanel>(workspace_);
            panel_->resize(1400, 900);
            panel_->show();
        }
        for (const int seed : {1, 2})
            workspace_.openModel(QString::fromStdString(syntheticFolder("small", seed).string()));
        settle();
        if (workspace_.openModels().size() != 2)
            throw std::runtime_error("the models did not open");
    }

    Waited edit(const PromptState& prompt) {
        Waited waited;
        const auto start = std::chrono::steady_clock::now();
        const auto since = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        };
        const auto seen = QObject::connect(&board_, &QuestionBoard::changed, [&] {
            const auto there = answered();
            if (there >= 1 && waited.first == 0.0)
                waited.first = since();
            if (there == 2 && waited.both == 0.0)
                waited.both = since();
        });
        workspace_.setPrompt(prompt);
        settle();
        waited.whole = since();
        QObject::disconnect(seen);
        if (waited.both == 0.0)
            throw std::runtime_error("an answer is missing");
        return waited;
    }

    /// Seconds of a forward pass with logits at the last position, on the engine's thread, where
    /// the answers are computed; mean of the two models.
    double forwardSeconds(const PromptState& prompt) {
        double seconds = 0.0;
        for (const auto& [id, model] : workspace_.openModels())
            workspace_.engine().submit(
                {reference_, id},
                [&seconds, prompt, model = model](Progress& progress) -> Delivery {
                    const auto length = static_cast<std::int64_t>(prompt.tokens.size());
                    auto ids = at::empty({1, length}, at::kLong);
                    for (std::int64_t p = 0; p < length; ++p)
                        ids[0][p] = prompt.tokens[static_cast<std::size_t>(p)].value;
                    const LogitPositions last = std::vector<std::int64_t>{length - 1};
                    const auto took = secondsOf([&] {
                        benchmark::DoNotOptimize(
                            forward(model->weights(), ids, last, nullptr, progress));
                    });
                    return [&seconds, took] { seconds += took / 2.0; };
                },
                [](const QString& sentence) { throw std::runtime_error(sentence.toStdString()); });
        settle();
        return seconds;
    }

  private:
    std::size_t answered() const {
        const auto& columns = workspace_.columns();
        return static_cast<std::size_t>(
            std::count_if(columns.begin(), columns.end(), [&](const ModelColumn& column) {
                const auto* there = board_.answer(column.id);
                return there != nullptr && there->result && !there->stale();
            }));
    }
    /// Sleeps between events: one that polls would take a core from the engine.
    void settle() {
        QEventLoop loop;
        QObject::connect(&workspace_.engine(), &Engine::busyChanged, &loop, [&](bool busy) {
            if (!busy)
                loop.quit();
        });
        if (workspace_.engine().busy())
            loop.exec();
    }

    test::TemporaryFolder cache_;
    Workspace workspace_{{NumericSettings{}, {}, CacheSettings{cache_.path()}}};
    AttributionBoard& board_ = workspace_.add<AttributionBoard>();
    const Purpose reference_{Lane::Prompt};
    std::unique_ptr<AttributionPanel> panel_;
};

PromptState somePrompt(std::mt19937& random) {
    PromptState prompt;
    for (int p = 0; p < tokensOfPrompt; ++p)
        prompt.tokens.emplace_back(static_cast<int>(random() % 50257U));
    return prompt;
}

void promptEdit(benchmark::State& state) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    int argc = 1;
    char name[] = "residuum_bench", *argv[] = {name, nullptr};
    const QApplication application(argc, argv);
    Document document(state.range(0) != 0);
    std::mt19937 random(1);
    std::vector<double> first, both, whole, reference;
    document.edit(somePrompt(random)); // warm
    document.forwardSeconds(somePrompt(random));
    for ([[maybe_unused]] auto _ : state) {
        const auto prompt = somePrompt(random);
        reference.push_back(document.forwardSeconds(prompt));
        const auto waited = document.edit(prompt);
        first.push_back(waited.first);
        both.push_back(waited.both);
        whole.push_back(waited.whole);
        state.SetIterationTime(waited.first);
    }
    const double forward = median(reference);
    state.counters["forward_ms"] = 1e3 * forward;
    state.counters["first"] = median(first) / forward;
    state.counters["both"] = median(both) / forward;
    state.counters["whole"] = median(whole) / forward;
}
BENCHMARK(promptEdit)
    ->ArgName("panel")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(15)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace residuum::bench
