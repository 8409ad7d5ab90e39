// What a step of the user has drawn again: what it changes, once, and not the window.
#include "blocked_engine.h"
#include "patching_window.h"
#include "widgets/panels/elided_label.h"

#include <QApplication>
#include <QTabWidget>

#include <map>
#include <string>

namespace residuum::test {
namespace {

/// Counts events by the class of who gets them.
class Counted : public QObject {
  public:
    explicit Counted(QEvent::Type type) : type_(type) { qApp->installEventFilter(this); }
    int of(const std::string& name) { return counts_[name]; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == type_)
            ++counts_[watched->metaObject()->className()];
        return false;
    }

  private:
    QEvent::Type type_;
    std::map<std::string, int> counts_;
};

class Redraws : public WindowTest {
  protected:
    void move() {
        const auto before = panel().heatmap(0)->values();
        workspace().setPosition(workspace().state().position - 1);
        ASSERT_TRUE(waitFor([&] { return panel().heatmap(0)->values() != before; }));
        ASSERT_TRUE(settle());
        QTest::qWait(20);
    }
};

TEST_F(Redraws, AnotherPositionLaysTheWindowOutNotAgain) {
    openDemo();
    move();
    Counted layouts(QEvent::LayoutRequest);
    move();
    for (const auto* name : {"residuum::MainWindow", "QTabWidget", "residuum::PlotPage"})
        EXPECT_EQ(layouts.of(name), 0) << name;
}

TEST_F(Redraws, AnotherPositionPaintsEachPlotOnce) {
    openDemo();
    move();
    Counted paints(QEvent::Paint);
    move();
    EXPECT_GT(paints.of("QCustomPlot"), 0);
    EXPECT_LE(paints.of("QCustomPlot"), 6) << "three maps and three scatters";
}

TEST_F(Redraws, WhatIsKeptOfAnotherSiteIsDimmed) {
    openDemo();
    auto& patching = window->panel<PatchingPanel>();
    window->showPanel(patching);
    ASSERT_TRUE(settle());
    ASSERT_TRUE(waitFor([&] { return !patching.agreementShown(0).isEmpty(); }));
    BlockedEngine blocked(workspace().engine()); // a new site's cells come later
    workspace().board<PatchingBoard>().setSettings(atSite(PatchSite::MlpOut));
    QTest::qWait(20);
    for (const auto* label : patching.findChildren<ElidedLabel*>())
        if (label->fullText().contains(QStringLiteral("Pearson"))) {
            EXPECT_FALSE(label->isEnabled()) << label->fullText().toStdString();
        }
    blocked.release();
    ASSERT_TRUE(settle());
}

} // namespace
} // namespace residuum::test
