// Ordering, closing and reopening models.
#include "window_fixture.h"

#include "widgets/panels/attribution_header.h"
#include "widgets/panels/elided_label.h"

#include <QDockWidget>
#include <QMenuBar>
#include <QSettings>

namespace residuum::test {
namespace {

class ModelsMenuWindow : public WindowTest {
  protected:
    QMenu& menu() {
        for (auto* action : window->menuBar()->actions())
            if (action->text() == QStringLiteral("&Models"))
                return *action->menu();
        throw std::out_of_range("Models");
    }
    /// The entry of a column's submenu, or of the menu itself where `column` is empty.
    QAction& entry(const char* title, const QString& column = {}) {
        Q_EMIT menu().aboutToShow();
        auto* within = &menu();
        for (auto* action : menu().actions())
            if (!column.isEmpty() && action->text() == column)
                within = action->menu();
        for (auto* action : within->actions())
            if (action->text().startsWith(QString::fromUtf8(title)))
                return *action;
        throw std::out_of_range(title);
    }
    QStringList names() {
        QStringList all;
        for (const auto& column : columns())
            all << column.name;
        return all;
    }
};

TEST_F(ModelsMenuWindow, ModelsMoveAndKeepTheirAnswers) {
    openDemo();
    const auto answer = attributed(2).result;
    EXPECT_FALSE(entry("Move &right", QStringLiteral("ln-free")).isEnabled());
    workspace().setDifference(std::pair(0, 2));
    entry("Move &left", QStringLiteral("ln-free")).trigger();
    EXPECT_EQ(names(), (QStringList{"original", "ln-free", "vanilla"}));
    EXPECT_EQ(attributed(1).result, answer);
    EXPECT_EQ(workspace().difference(), (std::pair(0, 1))) << "the same two models";
    entry("Move &left", QStringLiteral("ln-free")).trigger();
    EXPECT_EQ(names(), (QStringList{"ln-free", "original", "vanilla"}));
    EXPECT_FALSE(entry("Move &left", QStringLiteral("ln-free")).isEnabled());
    ASSERT_TRUE(settle());
    EXPECT_TRUE(panel().nmaeShown(0).startsWith(QStringLiteral("NMAE 0 %")));
}

TEST_F(ModelsMenuWindow, WhatWasClosedComesBack) {
    openDemo();
    EXPECT_FALSE(entry("&Reopen").isEnabled());
    entry("Close the &others", QStringLiteral("vanilla")).trigger();
    EXPECT_EQ(names(), QStringList{"vanilla"});
    EXPECT_EQ(entry("&Reopen").text(), QStringLiteral("&Reopen demo:original"));
    QTest::keyClick(window.get(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    QTest::keyClick(window.get(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(settle());
    EXPECT_EQ(names(), (QStringList{"vanilla", "original", "ln-free"}));
    EXPECT_TRUE(attributed(2).complete());
    EXPECT_FALSE(entry("&Reopen").isEnabled());
    entry("Close &all").trigger();
    EXPECT_TRUE(columns().empty());
    EXPECT_FALSE(entry("Close &all").isEnabled());
}

TEST_F(ModelsMenuWindow, OnlyWhatIsAModelIsRecent) {
    openDemo();
    window->open(QStringLiteral("/nowhere/at-all"));
    ASSERT_TRUE(settle());
    window->open(QStringLiteral("demo:vanilla"));
    ASSERT_TRUE(settle());
    const QSettings kept(QString::fromStdString((folder.path() / "settings.ini").string()),
                         QSettings::IniFormat);
    EXPECT_EQ(kept.value(QStringLiteral("recentModels")).toStringList(),
              QStringList{"demo:vanilla"});
}

/// Everywhere, also in figures; what it is stays in where it comes from.
TEST_F(ModelsMenuWindow, AnAliasIsTheModelsName) {
    openDemo();
    workspace().rename(columns()[1].id, QStringLiteral(" baseline "));
    EXPECT_EQ(names(), (QStringList{"original", "baseline", "ln-free"}));
    ASSERT_TRUE(settle());
    FigureRequest request;
    request.view = QStringLiteral("attribution");
    const auto figure = panel().figure(request);
    EXPECT_EQ(figure.panels[1].title, QStringLiteral("baseline"));
    EXPECT_EQ(figure.provenance.models[1].source, "demo:vanilla");
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("“baseline” is demo:vanilla")))
        << figure.caption.toStdString();
    EXPECT_TRUE(panel().verdict().text.contains(QStringLiteral("baseline")))
        << panel().verdict().text.toStdString();
    const auto session = parseSession(toText(workspace().session()), "s");
    workspace().rename(columns()[1].id, QString());
    EXPECT_EQ(names(), (QStringList{"original", "vanilla", "ln-free"}));
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(names(), (QStringList{"original", "baseline", "ln-free"}));
}

TEST_F(ModelsMenuWindow, WhatIsHiddenIsNeitherShownNorComputedAndComesBack) {
    openDemo();
    entry("&Hide", QStringLiteral("vanilla")).trigger();
    EXPECT_EQ(names(), (QStringList{"original", "ln-free"}));
    ASSERT_TRUE(settle());
    EXPECT_EQ(panel().heatmap(2), nullptr);
    const auto session = parseSession(toText(workspace().session()), "s");
    EXPECT_EQ(session.models.size(), 3u) << "it is the session's all the same";
    entry("&Show", QStringLiteral("vanilla (hidden)")).trigger();
    EXPECT_EQ(names(), (QStringList{"original", "ln-free", "vanilla"}));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(attributed(2).complete());
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(names(), (QStringList{"original", "ln-free"}));
    ASSERT_EQ(workspace().hidden().size(), 1u);
    entry("Close &all").trigger();
    workspace().showColumn(workspace().hidden()[0].id);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(attributed(0).complete());
}

/// What the others are compared with.
TEST_F(ModelsMenuWindow, TheControlIsMarkedAndComparedFirst) {
    openDemo();
    entry("Is the con&trol", QStringLiteral("vanilla")).trigger();
    EXPECT_EQ(columns()[1].head, QStringLiteral("vanilla · control"));
    EXPECT_EQ(columns()[1].name, QStringLiteral("vanilla"));
    QTest::keyClick(window.get(), Qt::Key_D);
    EXPECT_EQ(workspace().difference(), (std::pair(1, 2)));
    const auto session = parseSession(toText(workspace().session()), "s");
    entry("No con&trol", QStringLiteral("vanilla")).trigger();
    EXPECT_EQ(columns()[1].head, QStringLiteral("vanilla"));
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(columns()[1].isControl);
}

/// Six checkpoints of one family stay apart at the smallest size.
TEST_F(ModelsMenuWindow, NamesLoseWhatAllBeginWith) {
    std::vector<std::string> family;
    for (const auto* step : {"100", "200", "300", "400", "500", "600"}) {
        const auto place = folder.path() / ("gpt2-small-finetuned-LNFree-" + std::string(step));
        std::filesystem::create_directory_symlink(resources() / "demo/ln-free", place);
        family.push_back(place.string());
    }
    openWindow(family);
    window->resize(1024, 700);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6u);
    QStringList shown;
    for (const auto* header : window->findChildren<ModelHeader*>()) {
        const auto* name = header->findChild<ElidedLabel*>();
        shown << name->text();
        EXPECT_TRUE(name->toolTip().contains(QStringLiteral("gpt2-small-finetuned-LNFree-")));
    }
    EXPECT_EQ(shown, (QStringList{"100", "200", "300", "400", "500", "600"}));
}

TEST_F(ModelsMenuWindow, AClosedInspectorComesBack) {
    openDemo();
    auto* dock = window->findChild<QDockWidget*>(QStringLiteral("inspectorDock"));
    dock->close();
    EXPECT_FALSE(dock->isVisible());
    for (auto* action : window->menuBar()->actions())
        if (action->text() == QStringLiteral("&View"))
            for (auto* each : action->menu()->actions())
                if (each->text() == QStringLiteral("Inspector"))
                    each->trigger();
    EXPECT_TRUE(dock->isVisible());
}

} // namespace
} // namespace residuum::test
