// How long 480 pairs take until all of them are on the screen: prints the figures, asserts only
// what is certain.
#include "window_fixture.h"

#include <QElapsedTimer>

#include <cstdio>

namespace residuum::test {
namespace {

class SetLatency : public WindowTest {
  protected:
    void start() {
        cache = CacheSettings{};
        cache->folder = folder.path() / "cache";
        openDemo();
        window->showPanel(window->panel<PatchingPanel>());
        ASSERT_TRUE(settle());
    }
    /// Every model's exact maps and attributions are drawn, of so many pairs.
    bool isShown(std::size_t pairs) {
        if (workspace().busy())
            return false;
        for (const auto& column : columns()) {
            const auto* patched = workspace().board<PatchingBoard>().answer(column.id);
            const auto* found = attribution().answer(column.id);
            if (patched == nullptr || !patched->complete() ||
                patched->result->cleanMetric.size() != pairs || found == nullptr ||
                !found->complete() || found->result->rows.size() != pairs)
                return false;
        }
        return true;
    }
    void tell(const char* what, const std::function<void()>& act) {
        QElapsedTimer clock, since;
        clock.start();
        act();
        qint64 longest = 0, first = -1;
        since.start();
        ASSERT_TRUE(waitFor(
            [&] {
                longest = std::max(longest, since.restart());
                if (first < 0)
                    if (const auto* there =
                            workspace().board<PatchingBoard>().answer(columns()[0].id);
                        there != nullptr && there->result && !there->stale())
                        first = clock.elapsed();
                return isShown(480);
            },
            120000));
        QCoreApplication::processEvents();
        std::printf(
            "480 pairs, resid_pre exact and attribution, three models, %s: first numbers "
            "after %lld ms, all after %lld ms; the window was never busy for more than %lld "
            "ms\n",
            what, static_cast<long long>(first), static_cast<long long>(clock.elapsed()),
            static_cast<long long>(longest));
    }
};

TEST_F(SetLatency, FirstAndFromTheCache) {
    PairRequest paper;
    paper.generated = GeneratedPairs{"ioi-paper", 480, 0};
    start();
    tell("the first time", [&] { workspace().openSet(paper, QStringLiteral("ioi-paper")); });
    tell("back from one prompt", [&] {
        workspace().setMean(false);
        ASSERT_TRUE(settle());
        workspace().setMean(true);
    });
    window.reset();
    start();
    tell("from the cache", [&] { workspace().openSet(paper, QStringLiteral("ioi-paper")); });
}

} // namespace
} // namespace residuum::test
