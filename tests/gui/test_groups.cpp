// Pins gathered under a name: the list of pins, the groups tab, sessions.
#include "window_fixture.h"

#include "analysis/groups/groups.h"
#include "widgets/panels/groups_board.h"
#include "widgets/panels/groups_views.h"
#include "widgets/panels/patching_board.h"
#include "widgets/panels/pin_list.h"
#include "widgets/plots/chart_view.h"

#include <QTreeWidgetItem>

namespace residuum::test {
namespace {

class GroupsWindow : public WindowTest {
  protected:
    void openGroups() {
        openDemo();
        for (const auto& thing : {headOf(1, 6), headOf(2, 3), mlp()})
            workspace().pin(thing);
        window->showPanel("groups");
        ASSERT_TRUE(settle());
    }
    static Thing mlp() { return Component{ComponentKind::Mlp, LayerIndex(2), HeadIndex(0)}; }
    GroupsBoard& board() { return workspace().board<GroupsBoard>(); }
    GroupsPanel& groups() { return window->panel<GroupsPanel>(); }
    PinList& pins() { return *window->findChild<PinList*>(); }
};

TEST_F(GroupsWindow, SaysHowToMakeOne) {
    openGroups();
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("No pin is in a group")));
    EXPECT_EQ(board().result(columns()[0].id), nullptr);
}

TEST_F(GroupsWindow, ShowsWhatMembersDoTogether) {
    openGroups();
    workspace().setGroup({headOf(1, 6), mlp()}, QStringLiteral("movers"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(board().obstacle(), QString());
    for (const auto& column : columns()) {
        const auto there = board().result(column.id);
        ASSERT_NE(there, nullptr);
        Progress progress;
        const auto own = groupEffects(
            *column.model, board().input()->tokens,
            {{{"movers", {std::get<Component>(headOf(1, 6)), std::get<Component>(mlp())}}}},
            1 << 30, progress);
        EXPECT_NEAR(there->together(0, 0), own->together(0, 0), 1e-6);
        EXPECT_NEAR(there->directEffect(0, 0), own->directEffect(0, 0), 1e-6);
    }
    const auto charts = groups().findChildren<ChartView*>();
    const auto found = std::find_if(charts.begin(), charts.end(), [](const ChartView* chart) {
        return chart->data().filled == QStringLiteral("together");
    });
    ASSERT_NE(found, charts.end());
    const auto* chart = *found;
    EXPECT_EQ(chart->data().categories.front().label, QStringLiteral("movers"));
    EXPECT_EQ(chart->data().series.front().marks.front().filled,
              board().result(columns()[0].id)->meanTogether(0));
    EXPECT_TRUE(groups().verdict().text.contains(QStringLiteral("\"movers\"")))
        << groups().verdict().text.toStdString();
    EXPECT_TRUE(board().command().contains(QStringLiteral("--groups")))
        << board().command().toStdString();
}

TEST_F(GroupsWindow, AGroupStandsOverItsPinsWithTheirSum) {
    openGroups();
    window->showPanel("attribution");
    workspace().setGroup({headOf(1, 6), mlp()}, QStringLiteral("movers"));
    ASSERT_TRUE(settle());
    auto* group = pins().topLevelItem(0);
    ASSERT_EQ(group->text(0), QStringLiteral("movers"));
    ASSERT_EQ(group->childCount(), 2);
    const auto number = [](const QString& text) {
        return QString(text).replace(QChar(0x2212), QLatin1Char('-')).toDouble();
    };
    for (int c = 2; c < 5; ++c) // three significant digits each
        EXPECT_NEAR(number(group->text(c)),
                    number(group->child(0)->text(c)) + number(group->child(1)->text(c)), 0.02);
    EXPECT_EQ(pins().topLevelItem(1)->childCount(), 0) << "the pin that is in no group";
    workspace().undoStack().undo();
    EXPECT_EQ(pins().topLevelItem(0)->childCount(), 0);
}

TEST_F(GroupsWindow, AreInSessions) {
    openGroups();
    workspace().setGroup({headOf(1, 6), mlp()}, QStringLiteral("movers"));
    auto settings = board().settings();
    settings.change = GroupChange::Zero;
    board().setSettings(settings);
    ASSERT_TRUE(settle());
    const auto session = workspace().session();
    const double effect = board().result(columns()[0].id)->meanTogether(0);
    workspace().unpinAll();
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().pinOf(mlp())->group, QStringLiteral("movers"));
    EXPECT_EQ(board().settings().change, GroupChange::Zero);
    EXPECT_EQ(board().result(columns()[0].id)->meanTogether(0), effect);
}

} // namespace
} // namespace residuum::test
