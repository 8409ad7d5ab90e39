// How long the window takes to answer with three models of GPT-2 XL's shape: prints the figures,
// asserts only what is certain.
#include "support/synthetic_model.h"
#include "widgets/prompt/prompt_editor.h"
#include "window_fixture.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <vector>

namespace residuum::test {
namespace {

class Latency : public WindowTest {
  protected:
    void SetUp() override {
        std::vector<std::string> models;
        for (const auto sites : {Sites::LayerNorm, Sites::Removed, Sites::LayerNorm})
            models.push_back(model("xl" + std::to_string(models.size()), sites));
        openWindow(models);
        window->resize(1280, 800);
        ASSERT_TRUE(settle());
        ASSERT_EQ(columns().size(), 3u);
    }

    /// 48 layers of 25 heads, with the demo models' vocabulary.
    std::string model(const std::string& name, Sites sites) {
        const auto place = folder.path() / name;
        writeSyntheticGpt2(place, withSites(syntheticConfig(48, 25, 100, 1024, 64), sites), 5);
        for (const auto* file : {"vocab.json", "merges.txt"})
            std::filesystem::copy_file(resources() / "demo/original" / file, place / file);
        return place.string();
    }

    /// Milliseconds until everything that follows is painted, sorted.
    static std::vector<double> timed(int times, const std::function<void(int)>& act) {
        std::vector<double> all;
        for (int i = 0; i < times; ++i) {
            QElapsedTimer clock;
            clock.start();
            act(i);
            QCoreApplication::processEvents();
            all.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
        }
        std::sort(all.begin(), all.end());
        return all;
    }
    static void tell(const char* what, const std::vector<double>& all) {
        std::printf("%s: median %.1f ms, longest %.1f ms of %zu\n", what, all[all.size() / 2],
                    all.back(), all.size());
    }
};

TEST_F(Latency, HoverRedrawsMarksOnly) {
    auto* heatmap = panel().heatmap(0);
    tell("hover at 3 x 48 x 25", timed(40, [&](int i) {
             const auto at = heatmap->centreOf(headOf(i, i % 25));
             QWidget* child = heatmap->childAt(at);
             auto* receiver = child == nullptr ? heatmap : child;
             QTest::mouseMove(receiver, receiver->mapFrom(heatmap, at));
         }));
    EXPECT_EQ(workspace().hovered(), headOf(39, 14));
    tell("the whole window redrawn", timed(5, [&](int) { window->grab(); }));
}

TEST_F(Latency, PositionAndTab) {
    const int last = workspace().state().position;
    tell("position, until the window is free again",
         timed(10, [&](int i) { workspace().setPosition(last - 1 - i % 5); }));
    QElapsedTimer clock;
    std::vector<double> shown;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(settle());
        const auto before = panel().heatmap(0)->values();
        clock.start();
        workspace().setPosition(last - i % 5);
        ASSERT_TRUE(waitFor([&] { return panel().heatmap(0)->values() != before || i == 0; }));
        QCoreApplication::processEvents();
        shown.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
    }
    std::sort(shown.begin(), shown.end());
    tell("position, until its numbers are shown", shown);
    for (const auto& question : list) { // each is there before tabs are timed
        window->showPanel(question.panel);
        waitFor([this] { return !workspace().busy(); }, 60000);
    }
    tell("tab change", timed(12, [&](int i) {
             window->showPanel(list[static_cast<std::size_t>(i) % list.size()].panel);
         }));
}

/// Whole: with the window's answer to it.
TEST_F(Latency, AHugePasteIsRefused) {
    window->promptStrip().startEditing();
    auto* editor = window->promptStrip().findChild<PromptEditor*>();
    ASSERT_NE(editor, nullptr);
    QApplication::clipboard()->setText(QStringLiteral("the store ").repeated(200'000));
    tell("a paste of 2 MB refused", timed(10, [&](int) { editor->paste(); }));
    EXPECT_TRUE(window->promptStrip().message().contains(QStringLiteral("2,000,000 characters")));
}

} // namespace
} // namespace residuum::test
