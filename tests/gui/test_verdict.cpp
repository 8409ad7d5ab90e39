// The sentence above the tabs: what the question in front says of what is shown.
#include "blocked_engine.h"
#include "widgets/panels/generation_views.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "window_fixture.h"

#include <QLabel>

namespace residuum::test {
namespace {

class VerdictWindow : public WindowTest {
  protected:
    QLabel& label() { return *window->findChild<QLabel*>(QStringLiteral("verdict")); }
    bool says(const char* part) {
        return waitFor([&] { return label().text().contains(QString::fromUtf8(part)); });
    }
};

TEST_F(VerdictWindow, SaysHowFarDlaMisjudgesWhereOneLooks) {
    openDemo();
    ASSERT_TRUE(says("at position 14 (·to)")) << label().text().toStdString();
    const auto text = label().text();
    for (const auto* part : {"original | vanilla | ln-free", "heads by 28.0 | 27.7 | 0 %",
                             "MLPs by 167 | 114 | 0 %", "2 | 4 | 0 of 36"})
        EXPECT_TRUE(text.contains(QString::fromUtf8(part))) << part << " in " << text.toStdString();
    EXPECT_TRUE(label().isEnabled());
    workspace().setPosition(4);
    EXPECT_TRUE(says("at position 4 (·John)")) << label().text().toStdString();
    EXPECT_FALSE(label().text().contains(QStringLiteral("28.0")));
}

TEST_F(VerdictWindow, IsDimmedWhileItIsStaleAndSaysNothingOfNothing) {
    openWindow();
    EXPECT_TRUE(label().text().isEmpty());
    ASSERT_TRUE(settle());
    ASSERT_TRUE(says("at position 14"));
    BlockedEngine blocked(workspace().engine());
    workspace().setTarget(std::nullopt);
    EXPECT_TRUE(waitFor([this] { return !label().isEnabled(); }));
    EXPECT_FALSE(label().text().isEmpty()) << "what is stale is dimmed, not blanked";
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(waitFor([this] { return label().isEnabled(); }));
}

TEST_F(VerdictWindow, EveryQuestionHasOneAndNothingMoves) {
    openDemo();
    ASSERT_TRUE(says("DLA misjudges"));
    const auto place = window->panel<AttributionPanel>().mapTo(window.get(), QPoint());
    const auto stays = [&](QWidget& panel) {
        EXPECT_EQ(panel.mapTo(window.get(), QPoint()), place);
    };
    window->showPanel(window->panel<PatchingPanel>());
    EXPECT_TRUE(says("by Pearson's r = 0.624 | 0.311 | 0.935")) << label().text().toStdString();
    stays(window->panel<PatchingPanel>());
    window->showPanel(window->panel<NeuronPanel>());
    EXPECT_TRUE(says("ablating the 12 chosen neurons of layer 3")) << label().text().toStdString();
    stays(window->panel<NeuronPanel>());
    window->showPanel(window->panel<GenerationPanel>());
    EXPECT_TRUE(says("10 | 10 | 10 tokens written")) << label().text().toStdString();
    EXPECT_TRUE(says("the same in all models: the first 10 tokens"));
    stays(window->panel<GenerationPanel>());
}

TEST_F(VerdictWindow, SixModelsFitTheScreen) {
    openWindow({"demo:original", "demo:vanilla", "demo:ln-free", "demo:original", "demo:vanilla",
                "demo:ln-free"});
    ASSERT_TRUE(settle());
    ASSERT_TRUE(says("2 | 4 | 0 | 2 | 4 | 0 of 36"));
    for (std::size_t tab = 0; tab < list.size(); ++tab) {
        window->showPanel(list[tab].panel);
        ASSERT_TRUE(settle());
        QTest::qWait(50);
        EXPECT_LE(window->minimumSizeHint().width(), 1280) << list[tab].panel;
        EXPECT_LE(window->minimumSizeHint().height(), 800) << list[tab].panel;
        const auto needed = label().heightForWidth(label().width());
        EXPECT_LE(needed, label().height()) << "the verdict is cut in " << list[tab].panel;
    }
}

TEST_F(VerdictWindow, OneModelNeedsNoNames) {
    openDemo();
    workspace().closeModel(columns()[2].id);
    workspace().closeModel(columns()[1].id);
    EXPECT_TRUE(waitFor([this] {
        return label().text().startsWith(QStringLiteral("at position 14 (·to), DLA misjudges heads "
                                                        "by 28.0 % and MLPs by 167 %; 2 of 36"));
    })) << label().text().toStdString();
}

} // namespace
} // namespace residuum::test
