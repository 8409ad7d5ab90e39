// Ordering, closing and reopening models.
#include "window_fixture.h"

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
    EXPECT_TRUE(panel().nmaeShown(0).startsWith(QStringLiteral("NMAE 0.0000 %")));
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
