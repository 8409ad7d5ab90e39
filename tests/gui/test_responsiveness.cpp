// The event loop while a long job runs: prints the worst case, asserts only what is certain.
#include "window_fixture.h"

#include "analysis/inputs/dataset.h"
#include "support/synthetic_model.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>

namespace residuum::test {
namespace {

TEST_F(WindowTest, EventLoopAnswersDuringADataset) {
    openDemo();
    DatasetRequest dataset;
    dataset.file = folder.path() / "stories.txt";
    std::ofstream stream(dataset.file);
    for (int i = 0; i < 1500; ++i)
        stream
            << "Then, Mary and John went to the store. John gave a book to Mary. She read the book "
               "near the park and thanked John.<|endoftext|>";
    stream.close();
    attribution().measureNmae({dataset});

    QElapsedTimer clock;
    qint64 worst = 0;
    int ticks = 0;
    QTimer timer;
    timer.setInterval(1);
    QObject::connect(&timer, &QTimer::timeout, [&] {
        worst = std::max(worst, clock.restart());
        ++ticks;
    });
    clock.start();
    timer.start();
    while (workspace().engine().busy())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
    std::printf("event loop during a dataset: worst gap %lld ms in %d ticks\n",
                static_cast<long long>(worst), ticks);
    EXPECT_GT(ticks, 10);
    for (const auto& column : columns())
        EXPECT_NE(attribution().datasetNmae(column.id), nullptr);
}

/// Runs the event loop until `done`, and takes the time between any two turns of it.
class Gaps {
  public:
    template <class Done>
    void runUntil(const Done& done) {
        QTimer timer;
        timer.setInterval(1);
        QObject::connect(&timer, &QTimer::timeout, [this] { take(); });
        clock_.start();
        timer.start();
        while (!done())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100);
        take();
    }
    void print(const char* what) {
        std::sort(gaps_.begin(), gaps_.end(), std::greater<>());
        const auto longer =
            std::count_if(gaps_.begin(), gaps_.end(), [](double gap) { return gap > 16.0; });
        std::printf(
            "event loop during %s: worst gaps %.1f, %.1f, %.1f ms, %lld of %zu over 16 ms\n", what,
            worst(0), worst(1), worst(2), static_cast<long long>(longer), gaps_.size());
    }
    std::size_t turns() const { return gaps_.size(); }

  private:
    void take() {
        gaps_.push_back(static_cast<double>(clock_.nsecsElapsed()) / 1e6);
        clock_.restart();
    }
    double worst(std::size_t place) const { return place < gaps_.size() ? gaps_[place] : 0.0; }

    QElapsedTimer clock_;
    std::vector<double> gaps_;
};

/// Three models of GPT-2 small's depth and heads, patched at 300 tokens: 3,600 cells each.
TEST_F(WindowTest, EventLoopAnswersDuringAPatchingSweep) {
    constexpr int vocabulary = 512, tokens = 300;
    std::vector<std::string> models;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        models.push_back((folder.path() / ("model" + std::to_string(seed))).string());
        writeSyntheticGpt2(models.back(), syntheticConfig(12, 12, 48, vocabulary, 320), seed);
    }
    openWindow(models);
    window->resize(1280, 800);
    ASSERT_TRUE(settle());
    PromptState clean;
    for (int i = 0; i < tokens; ++i)
        clean.tokens.emplace_back(i * 7 % vocabulary);
    auto corrupt = clean;
    corrupt.tokens[285] = TokenId(3); // what comes before has nothing to patch
    auto& board = workspace().board<PatchingBoard>();
    board.announceFrom(1e6);
    workspace().setPair(clean, corrupt, TokenId(5), TokenId(9));
    ASSERT_TRUE(settle());
    Gaps gaps;
    window->showPanel(window->panel<PatchingPanel>());
    gaps.runUntil([&] { return !workspace().engine().busy(); });
    gaps.print("a patching sweep of 300 tokens");
    EXPECT_GT(gaps.turns(), 10U);
    for (const auto& column : columns())
        EXPECT_TRUE(board.answer(column.id)->complete());
}

TEST_F(WindowTest, FirstResultAndHover) {
    QElapsedTimer clock;
    clock.start();
    openWindow();
    while (columns().empty() || !attribution().result(columns()[0].id))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    std::printf("window to first result: %lld ms\n", static_cast<long long>(clock.elapsed()));
    ASSERT_TRUE(settle());
    workspace().setPrompt({QStringLiteral("The book was lost"),
                           workspace().tokenizer()->encode("The book was lost"), false});
    clock.restart();
    ASSERT_TRUE(settle());
    std::printf("prompt to three results: %lld ms\n", static_cast<long long>(clock.elapsed()));
    clock.restart();
    for (int head = 0; head < 8; ++head) {
        workspace().setHovered(headOf(2, head));
        window->grab();
    }
    std::printf("hover, whole window redrawn: %.1f ms\n",
                static_cast<double>(clock.elapsed()) / 8.0);
    EXPECT_EQ(workspace().hovered(), headOf(2, 7));
}

} // namespace
} // namespace residuum::test
