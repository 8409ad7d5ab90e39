// The differences tab: tokens by loss and distance, pairs as they come, what is saved.
#include "window_fixture.h"

#include "analysis/question/result_reader.h"
#include "widgets/panels/comparison_panel.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/token_strip_view.h"

#include <QScrollArea>

namespace residuum::test {
namespace {

class ComparisonWindow : public WindowTest {
  protected:
    void openComparison() {
        openDemo();
        window->showPanel("comparison");
        ASSERT_TRUE(settle());
    }
    ComparisonBoard& board() { return workspace().board<ComparisonBoard>(); }
    ComparisonPanel& comparison() { return window->panel<ComparisonPanel>(); }
    std::shared_ptr<const ComparisonResult> result(int column) {
        return board().result(columns()[static_cast<std::size_t>(column)].id);
    }
};

TEST_F(ComparisonWindow, EveryModelHasItsNumbersAndItsDistances) {
    openComparison();
    for (int c = 0; c < 3; ++c) {
        ASSERT_TRUE(result(c)) << c;
        const auto& distances = result(c)->distances;
        ASSERT_EQ(distances.size(), 2U) << c;
        EXPECT_GT(result(c)->heads[0].size(), 0);
        EXPECT_GT(result(c)->stream[0].size(), 0);
    }
    EXPECT_EQ(result(0)->distances[0].kl(), result(1)->distances[0].numbers->kl);
    EXPECT_EQ(result(2)->distances[0].kl(), result(0)->distances[1].numbers->klReverse);
    EXPECT_TRUE(comparison().verdict().text.contains(QStringLiteral("mean loss")))
        << comparison().verdict().text.toStdString();
    EXPECT_TRUE(comparison().verdict().text.contains(QStringLiteral("JSD from")));
}

TEST_F(ComparisonWindow, AnotherPromptAndAClosedModelLeaveNothingOld) {
    openComparison();
    const auto before = result(0)->distances[0].numbers;
    workspace().setPrompt(
        {QStringLiteral("x"), {TokenId(5), TokenId(6), TokenId(5), TokenId(9)}, false});
    ASSERT_TRUE(settle());
    ASSERT_EQ(result(0)->distances.size(), 2U);
    EXPECT_NE(result(0)->distances[0].numbers, before);
    EXPECT_EQ(result(0)->distances[0].numbers->kl.size(), result(0)->entropy.size());
    workspace().closeModel(columns()[1].id);
    ASSERT_TRUE(settle());
    ASSERT_EQ(result(0)->distances.size(), 1U);
    EXPECT_EQ(result(0)->distances[0].name, columns()[1].name.toStdString());
}

TEST_F(ComparisonWindow, OneTokenIsSaidToBeTooFew) {
    openComparison();
    workspace().setPrompt({QStringLiteral("x"), {TokenId(5)}, false});
    ASSERT_TRUE(settle());
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("two tokens")));
}

TEST_F(ComparisonWindow, WhatIsSavedIsWhatTheCommandWrites) {
    openComparison();
    const auto file = folder.path() / "c.h5";
    board().save(QString::fromStdString(file.string()));
    ASSERT_TRUE(waitFor([&] { return std::filesystem::exists(file); }));
    ASSERT_TRUE(settle());
    const auto read = readResults<ComparisonAnalysis>(ResultReader(file));
    ASSERT_EQ(read.size(), 3U);
    for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_EQ(read[c]->entropy, result(static_cast<int>(c))->entropy);
        ASSERT_EQ(read[c]->distances.size(), 2U);
        for (std::size_t d = 0; d < 2; ++d) {
            EXPECT_EQ(read[c]->distances[d].kl(), result(static_cast<int>(c))->distances[d].kl());
            EXPECT_EQ(read[c]->distances[d].numbers->jsd,
                      result(static_cast<int>(c))->distances[d].numbers->jsd);
        }
    }
    EXPECT_TRUE(board().command().startsWith(QStringLiteral("residuum compare")))
        << board().command().toStdString();
}

TEST_F(ComparisonWindow, EveryViewIsAFigureToo) {
    openComparison();
    for (const auto& view : comparisonKind().views) {
        FigureRequest request;
        request.view = view.name;
        const auto figure = comparison().figure(request);
        EXPECT_EQ(figure.view, view.name);
        EXPECT_FALSE(figure.panels.empty()) << view.name.toStdString();
    }
    FigureRequest table;
    table.view = QString(ComparisonTable::view);
    const auto panel = comparison().figure(table).panels.front();
    EXPECT_EQ(std::get<TableFigure>(panel.content).rows.size(), 3);
}

} // namespace
} // namespace residuum::test
