// The differences tab: tokens by loss and distance, pairs as they come, what is saved.
#include "window_fixture.h"

#include "analysis/question/result_reader.h"
#include "widgets/panels/comparison_panel.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/token_strip_view.h"

#include <QPushButton>
#include <QScrollArea>

#include <fstream>

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
    /// Sets the panel to a dataset of three sequences, and waits for all numbers.
    std::filesystem::path compareOverDataset() {
        const auto file = folder.path() / "stories.txt";
        std::ofstream(file) << "Once upon a time there was a dog.<|endoftext|>The cat sat on the "
                               "mat.<|endoftext|>A boy went to the park.";
        auto settings = board().settings();
        settings.dataset.emplace().file = file;
        board().setSettings(settings);
        return file;
    }
    void showTab(const QString& title) {
        auto& tabs = *comparison().details();
        for (int tab = 0; tab < tabs.count(); ++tab)
            if (tabs.tabText(tab) == title)
                tabs.setCurrentIndex(tab);
    }
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
    table.view = QStringLiteral("comparison-table");
    const auto panel = comparison().figure(table).panels.front();
    EXPECT_EQ(std::get<TableFigure>(panel.content).rows.size(), 3);
}

TEST_F(ComparisonWindow, ADatasetInsteadOfThePrompt) {
    openComparison();
    const auto file = compareOverDataset();
    EXPECT_TRUE(board().command().isEmpty()) << "not read yet";
    ASSERT_TRUE(settle());
    for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(result(c)->lengths.size(), 3U) << c;
        EXPECT_TRUE(result(c)->meanLoss.interval) << c;
        ASSERT_EQ(result(c)->distances.size(), 2U) << c;
        EXPECT_TRUE(result(c)->distances[0].numbers->meanJsd.interval) << c;
    }
    EXPECT_TRUE(board().command().contains(QStringLiteral("--dataset")))
        << board().command().toStdString();
    EXPECT_TRUE(comparison().verdict().text.contains(QStringLiteral("of 3 sequences")))
        << comparison().verdict().text.toStdString();
    FigureRequest request;
    request.view = QStringLiteral("loss-by-position");
    EXPECT_FALSE(comparison().figure(request).caption.contains(QStringLiteral("Mary")))
        << "the prompt is not what it shows";
    // Another prompt changes nothing.
    const auto before = result(0);
    workspace().setPrompt({QStringLiteral("x"), {TokenId(5), TokenId(6)}, false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0), before);
    // A session keeps it.
    const auto session = workspace().session();
    window.reset();
    openWindow({});
    workspace().restore(session);
    window->showPanel("comparison");
    ASSERT_TRUE(settle());
    ASSERT_TRUE(board().settings().dataset);
    EXPECT_EQ(board().settings().dataset->file, file);
    ASSERT_TRUE(result(2));
    EXPECT_EQ(result(2)->lengths.size(), 3U);
    workspace().setPrompt({QStringLiteral("x"), {TokenId(5), TokenId(6)}, false});
    for (auto* button : comparison().findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Use the prompt"))
            button->click();
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0)->lengths, std::vector<int>{2});
    workspace().undoStack().undo();
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0)->lengths.size(), 3U) << "the choice can be undone";
}

TEST_F(ComparisonWindow, ADatasetThatIsNotThereIsSaid) {
    openComparison();
    auto settings = board().settings();
    settings.dataset.emplace().file = folder.path() / "none.txt";
    board().setSettings(settings);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(board().status(columns()[0].id)->sentence.contains(QStringLiteral("none.txt")))
        << board().status(columns()[0].id)->sentence.toStdString();
}

TEST_F(ComparisonWindow, ATokenWhereModelsDifferBecomesThePrompt) {
    openComparison();
    compareOverDataset();
    showTab(QStringLiteral("Tokens"));
    ASSERT_TRUE(settle());
    auto& table = *comparison().table(QStringLiteral("apart"));
    ASSERT_GT(table.model()->rowCount(), 0);
    const auto& shown = table.shownTable();
    const auto where = shown.rows.front().section(QLatin1Char(' '), 0, 0);
    const auto sample = where.section(QLatin1Char(':'), 0, 0).toULong(),
               position = where.section(QLatin1Char(':'), 1, 1).toULong();
    ASSERT_LT(sample, 3U);
    const auto& jsd = result(0)->distances[0].numbers->jsd;
    EXPECT_GT(shown.columns.front().values.front(), 0.0);
    EXPECT_LE(shown.columns.front().values.front(), *std::max_element(jsd.begin(), jsd.end()));
    int row = 0; // the view sorts for itself
    while (table.rowOf(table.model()->index(row, 0)) != 0)
        ++row;
    table.setCurrentIndex(table.model()->index(row, 0));
    for (auto* button : comparison().findChildren<QPushButton*>())
        if (button->text().contains(QStringLiteral("Make it")))
            button->click();
    const auto& prompt = workspace().state().prompt.tokens;
    ASSERT_EQ(prompt.size(), position + 1);
    std::size_t first = 0;
    for (std::size_t s = 0; s < sample; ++s)
        first += static_cast<std::size_t>(result(0)->lengths[s]);
    for (std::size_t p = 0; p <= position; ++p)
        EXPECT_EQ(prompt[p].value, result(0)->tokens[first + p]);
    EXPECT_EQ(workspace().state().target, TokenId(result(0)->tokens[first + position + 1]));
    EXPECT_EQ(workspace().tokenizer()->encode(workspace().state().prompt.text.toStdString()),
              prompt)
        << "text and ids say the same";
}

TEST_F(ComparisonWindow, HeadsAreSortedAndFiltered) {
    openComparison();
    showTab(QStringLiteral("Head finder"));
    ASSERT_TRUE(settle());
    auto& table = *comparison().table(QStringLiteral("head-finder"));
    const auto& scores = result(0)->heads[0];
    ASSERT_EQ(table.model()->rowCount(), scores.size());
    EXPECT_NEAR(table.model()->index(0, 1).data(TableModel::sortRole).toDouble(), scores.maxCoeff(),
                0.0)
        << "the largest sink rate of the first model first";
    EXPECT_TRUE(table.isColumnHidden(1 + 6)) << "of another score";
    const auto& shown = table.shownTable();
    EXPECT_EQ(shown.columns[3].values[0], shown.columns[1].values[0] - shown.columns[0].values[0]);
    table.filter()->setLeast(0.5);
    EXPECT_EQ(table.model()->rowCount(), (scores >= 0.5).count());
    table.showPart(QStringLiteral("induction"));
    EXPECT_TRUE(table.isColumnHidden(1));
}

} // namespace
} // namespace residuum::test
