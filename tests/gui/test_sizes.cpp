// The window at the sizes that it must work at.
#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_pair_editor.h"
#include "window_fixture.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QLabel>
#include <QStatusBar>

namespace residuum::test {
namespace {

constexpr QSize least(1024, 700);

class SizedWindow : public WindowTest {
  protected:
    /// What is seen only in part, by its class and text; inside of scroll areas anything may be.
    static QStringList beyond(const QWidget& whole) {
        QStringList found;
        for (const auto* widget : whole.findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(&whole) || isInScrollArea(*widget, whole))
                continue;
            const QRect place(widget->mapTo(&whole, QPoint()), widget->size());
            if (!widget->size().isEmpty() && !whole.rect().contains(place))
                found << described(*widget);
        }
        return found;
    }

    /// Labels and buttons whose texts are wider than they are.
    static QStringList cut(const QWidget& whole) {
        QStringList found;
        for (const auto* widget : whole.findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(&whole) || isInScrollArea(*widget, whole))
                continue;
            const auto* label = qobject_cast<const QLabel*>(widget);
            if (label != nullptr && label->pixmap().isNull() && !label->text().isEmpty() &&
                qobject_cast<const ElidedLabel*>(widget) == nullptr &&
                (label->wordWrap() ? label->heightForWidth(label->width()) > label->height()
                                   : label->sizeHint().width() > label->width()))
                found << described(*widget);
            if (qobject_cast<const QAbstractButton*>(widget) != nullptr &&
                !widget->inherits("QDockWidgetTitleButton") &&
                widget->minimumSizeHint().width() > widget->width())
                found << described(*widget);
        }
        return found;
    }

    void expectFits(QSize size) {
        window->resize(size);
        for (const auto& question : list) {
            window->showPanel(question.panel);
            auto& details = *window->centralWidget()->findChild<QTabWidget*>();
            QTest::qWait(30);
            EXPECT_EQ(window->size(), size) << question.panel;
            auto* below = dynamic_cast<QuestionPanel*>(details.currentWidget())->details();
            for (int tab = 0; tab < std::max(1, below->count()); ++tab) {
                below->setCurrentIndex(tab);
                QTest::qWait(10);
                EXPECT_EQ(window->size(), size) << question.panel << " " << tab;
                const auto where = question.panel + " " + below->tabText(tab).toStdString() + ": ";
                EXPECT_EQ(beyond(*window).join('\n').toStdString(), "") << where;
                EXPECT_EQ(cut(*window).join('\n').toStdString(), "") << where;
                takePicture(QStringLiteral("%1-%2-%3-%4")
                                .arg(columns().size())
                                .arg(size.width())
                                .arg(QString::fromStdString(question.panel))
                                .arg(tab));
            }
            below->setCurrentIndex(0);
        }
    }

  private:
    static bool isInScrollArea(const QWidget& widget, const QWidget& whole) {
        for (const auto* above = widget.parentWidget(); above != nullptr && above != &whole;
             above = above->parentWidget())
            if (qobject_cast<const QAbstractScrollArea*>(above) != nullptr ||
                above->inherits("QTabBar"))
                return true;
        return false;
    }

    static QString described(const QWidget& widget) {
        return QStringLiteral("%1 “%2%3” %4 × %5, wants %6")
            .arg(QLatin1String(widget.metaObject()->className()), widget.accessibleName(),
                 widget.property("text").toString())
            .arg(widget.width())
            .arg(widget.height())
            .arg(widget.sizeHint().width());
    }

    /// For a look at it: RESIDUUM_TEST_PICTURES names a folder.
    void takePicture(const QString& name) {
        if (const auto pictures = qEnvironmentVariable("RESIDUUM_TEST_PICTURES");
            !pictures.isEmpty())
            window->grab().save(pictures + QLatin1Char('/') + name + QStringLiteral(".png"));
    }
};

TEST_F(SizedWindow, WorksAt1024By700InEveryTab) {
    openDemo();
    expectFits(least);
    workspace().cancelWork();
    ASSERT_TRUE(settle());
}

TEST_F(SizedWindow, AlsoWithSixModels) {
    openWindow({"demo:original", "demo:vanilla", "demo:ln-free", "demo:original", "demo:vanilla",
                "demo:ln-free"});
    ASSERT_TRUE(settle());
    expectFits(least);
    workspace().cancelWork();
    ASSERT_TRUE(settle());
}

TEST_F(SizedWindow, WordsOfEdgesDoNotWidenIt) {
    openDemo();
    window->showPanel("patching");
    PatchSettings settings;
    settings.estimate = PatchMethod::EapIg;
    workspace().board<PatchingBoard>().setSettings(settings);
    ASSERT_TRUE(settle());
    EXPECT_LE(window->minimumSizeHint().width(), least.width());
    expectFits(least);
}

/// A map of three layers has room for its cells there.
TEST_F(SizedWindow, MapsOfPatchingAreReadableAt1024By700) {
    openDemo();
    window->resize(least);
    auto& patching = window->panel<PatchingPanel>();
    window->showPanel(patching);
    ASSERT_TRUE(settle());
    QTest::qWait(30);
    EXPECT_TRUE(patching.pairEditor()->aligned()->isOneLine());
    for (const auto* map : {patching.exactHeatmap(0), patching.estimateHeatmap(0)})
        EXPECT_GE(map->height(), 6 * window->fontMetrics().height());
    window->resize(1280, 1000);
    QTest::qWait(30);
    EXPECT_FALSE(patching.pairEditor()->aligned()->isOneLine());
}

TEST_F(SizedWindow, NoTabChangesTheSizeOfALargerOne) {
    openDemo();
    expectFits({1280, 760});
    workspace().cancelWork();
    ASSERT_TRUE(settle());
}

/// Before its models are there it needs no more room than with them.
TEST_F(SizedWindow, OpensAsSmallAsItMayBe) {
    WorkbenchOptions options;
    options.width = least.width();
    options.height = least.height();
    options.models = {"demo:original", "demo:ln-free"};
    options.demoFolder = resources() / "demo";
    options.cache = cache;
    options.stateFolder = stateFolder;
    window = std::make_unique<MainWindow>(options, list, settings());
    window->show();
    EXPECT_EQ(window->size(), least);
    window->openInitialModels();
    ASSERT_TRUE(settle());
    EXPECT_EQ(window->size(), least);
}

/// What the window needs is never more than that, so a screen of 1280 × 800 has it whole.
TEST_F(SizedWindow, TheFirstWindowIsInsideTheScreen) {
    EXPECT_EQ(firstSize({1280, 800}, {1280, 800}, {4, 30, 4, 4}), QSize(1272, 766));
    EXPECT_EQ(firstSize({1280, 800}, {1920, 1160}, {4, 30, 4, 4}), QSize(1280, 800));
    EXPECT_EQ(firstSize({1280, 800}, {960, 600}, {4, 30, 4, 4}), QSize(952, 566))
        << "1,920 x 1,200 at 200 %";
    openDemo();
    EXPECT_LE(window->minimumSizeHint().width(), least.width());
    EXPECT_LE(window->minimumSizeHint().height(), least.height());
    window->resize(firstSize({1280, 800}, {1280, 800}, {4, 30, 4, 4}));
    QTest::qWait(20);
    EXPECT_EQ(window->height(), 766);
    EXPECT_TRUE(window->rect().contains(window->statusBar()->geometry()));
}

} // namespace
} // namespace residuum::test
