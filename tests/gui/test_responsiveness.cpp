// The event loop while a long job runs: prints the worst case, asserts only what is certain.
#include "window_fixture.h"

#include "analysis/inputs/dataset.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <fstream>

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
