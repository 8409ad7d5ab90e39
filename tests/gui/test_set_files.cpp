// Sets of prompts as other tools write them, opened in the real window as a new user would; pairs
// of unequal length; models of a shorter context beside a set.
#include "app/window/set_band.h"
#include "app/window/set_dialogs.h"
#include "support/synthetic_model.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/heatmap_view.h"
#include "window_fixture.h"

#include <QPlainTextEdit>
#include <QToolButton>

#include <fstream>

namespace residuum::test {
namespace {

class SetFiles : public WindowTest {
  protected:
    QString write(const std::string& name, const std::string& content) {
        std::ofstream(folder.path() / name, std::ios::binary) << content;
        return QString::fromStdString((folder.path() / name).string());
    }
    std::string id(const std::string& text) {
        return std::to_string(workspace().tokenizer()->single(text)->value);
    }
    void open(const QString& file) {
        window->open(file);
        ASSERT_TRUE(settle());
    }
    std::vector<TokenSequence> clean() {
        return workspace().askedSet()->pairs->tokens.clean.sequences;
    }
    PatchingBoard& patching() { return workspace().board<PatchingBoard>(); }
    bool settlePatching() {
        window->showPanel(window->panel<PatchingPanel>());
        return waitFor([this] {
            if (workspace().busy())
                return false;
            for (const auto& column : columns())
                if (const auto* there = patching().answer(column.id);
                    there == nullptr || !there->complete())
                    return false;
            return true;
        });
    }
};

TEST_F(SetFiles, TablesOfEapIgAndObjectsOfAutoCircuitAreSets) {
    openDemo();
    open(write(
        "own.jsonl",
        R"({"clean": "Mary went to", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"}
{"clean": "John gave a", "corrupt": "Mary gave a", "correct": " the", "incorrect": " a"}
)"));
    ASSERT_TRUE(workspace().askedSet());
    const auto own = workspace().askedSet()->pairs->tokens;
    ASSERT_EQ(own.size(), 2U);
    open(write("eap-ig.csv", ",clean,corrupted,corrupted_hard,correct_idx,incorrect_idx\n"
                             "0,Mary went to,John went to,x," +
                                 id(" Mary") + "," + id(" John") +
                                 "\n"
                                 "1,John gave a,Mary gave a,x," +
                                 id(" the") + "," + id(" a") +
                                 "\n"
                                 "2,John gave a book,Mary gave,x," +
                                 id(" the") + "," + id(" a") + "\n"));
    EXPECT_EQ(workspace().askedSet()->name, QStringLiteral("eap-ig"));
    EXPECT_EQ(workspace().askedSet()->pairs->tokens.clean, own.clean);
    EXPECT_EQ(workspace().askedSet()->pairs->tokens.corrupt, own.corrupt);
    EXPECT_EQ(workspace().askedSet()->pairs->tokens.answers, own.answers);
    // What was left out, and why, is one click away.
    auto& band = window->setBand();
    ASSERT_TRUE(band.leftOut()->isVisible());
    EXPECT_EQ(band.leftOut()->text(), QStringLiteral("1 left out"));
    QTest::mouseClick(band.leftOut(), Qt::LeftButton);
    QPlainTextEdit* why = nullptr;
    for (auto* each : window->findChildren<QPlainTextEdit*>())
        why = each->accessibleName() == QLatin1String("what was left out, and why") ? each : why;
    ASSERT_NE(why, nullptr);
    EXPECT_TRUE(why->toPlainText().startsWith(QStringLiteral("line 4: ")))
        << why->toPlainText().toStdString();
    why->window()->close();

    open(write("autocircuit.json", R"({"prompts": [
        {"clean": "Mary went to", "corrupt": "John went to", "answers": [" Mary"], "wrong_answers": [" John"]},
        {"clean": "John gave a", "corrupt": "Mary gave a", "answers": [" the", " to"], "wrong_answers": [" a"]}],
        "seq_labels": ["a", "b", "c"]})"));
    EXPECT_EQ(workspace().askedSet()->name, QStringLiteral("autocircuit"));
    EXPECT_EQ(workspace().askedSet()->pairs->tokens.clean, own.clean);
    EXPECT_EQ(workspace().askedSet()->pairs->tokens.answer(1).moreCorrect.size(), 1U);
    ASSERT_TRUE(settlePatching());
    for (const auto& column : columns())
        EXPECT_EQ(patching().result(column.id)->cleanMetric.size(), 2U);
}

TEST_F(SetFiles, WhatIsNoSetIsRefusedInOneSentenceThatSaysWhatWouldServe) {
    openDemo();
    std::vector<QString> refused;
    QObject::connect(&workspace(), &Workspace::setNotOpened,
                     [&](const QString& sentence) { refused.push_back(sentence); });
    const auto before = workspace().state();
    const std::pair<const char*, const char*> files[] = {
        {"greater-than.csv",
         ",clean,corrupted,correct_idx\n0,from 1732 to 17,from 1701 to 17,32\n"},
        {"sva.csv", "clean,corrupted,plural\nthe dogs,the dog,True\n"},
        {"other.json", R"({"data": [{"clean": "Mary"}]})"},
        {"table.csv", "a,b\n1,2\n"}};
    for (const auto& [name, content] : files) {
        refused.clear();
        open(write(name, content));
        ASSERT_EQ(refused.size(), 1U) << name;
        EXPECT_FALSE(refused[0].contains(QLatin1Char('\n'))) << refused[0].toStdString();
        EXPECT_TRUE(refused[0].contains(QLatin1String(name))) << refused[0].toStdString();
        EXPECT_FALSE(refused[0].contains(QStringLiteral("exception")));
        EXPECT_EQ(workspace().state(), before) << name;
    }
}

TEST_F(SetFiles, ColumnsOfMeansOverUnequalLengthsAreThings) {
    openDemo();
    open(write(
        "ragged.jsonl",
        R"({"clean": "Mary went to the store", "corrupt": "John went to the store", "correct": " Mary", "incorrect": " John"}
{"clean": "Mary went to", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"}
)"));
    ASSERT_TRUE(settlePatching());
    const auto lengths = clean();
    ASSERT_NE(lengths[0].tokens.size(), lengths[1].tokens.size());
    auto& panel = window->panel<PatchingPanel>();
    const Thing end = Place{LayerIndex(2), "-1"};
    const auto number = panel.numberOf(columns()[0], end);
    ASSERT_TRUE(number);
    const auto result = patching().result(columns()[0].id);
    const auto* grid = result->find(PatchMethod::Exact, PatchSite::ResidPre);
    const auto width = grid->shape.back();
    double mean = 0.0;
    for (Eigen::Index pair = 0; pair < 2; ++pair)
        mean += grid->values(pair, 2 * width + result->lengths[static_cast<std::size_t>(pair)] - 1);
    EXPECT_NEAR(*number, mean / 2.0, 1e-12);
    // One position of one prompt is no number of the mean.
    EXPECT_FALSE(panel.numberOf(columns()[0], Position{LayerIndex(2), PositionIndex(1)}));
    auto* map = panel.exactHeatmap(0);
    ASSERT_TRUE(waitFor([&] { return map->valueOf(end).has_value(); }));
    EXPECT_NEAR(*map->valueOf(end), *number, 1e-12);
    workspace().setHovered(end);
    const auto numbers = panel.inspect(end);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->rows.size(), 3U);
    clickAt(map, end);
    const auto pins = workspace().pinnedThings();
    EXPECT_TRUE(std::find(pins.begin(), pins.end(), end) != pins.end()) << "a click pins it";
    EXPECT_EQ(label(end), "L2 at -1");
    EXPECT_EQ(parseThing("L2 at -1"), end);
    EXPECT_EQ(parseThing("L0 at S2"), Thing(Place{LayerIndex(0), "S2"}));
    const auto session = workspace().session();
    workspace().restore(parseSession(toText(session), "s.residuum"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().pinnedThings(), pins);
}

TEST_F(SetFiles, TheMeanIsThereAgainAtOnceAndOtherTabsSayWhatTheyAreOf) {
    openDemo();
    PairRequest paper;
    paper.generated = GeneratedPairs{"ioi-paper", 5, 0};
    workspace().openSet(paper, QStringLiteral("ioi-paper"));
    ASSERT_TRUE(settle());
    const auto whole = attributed(1).result;
    ASSERT_EQ(whole->rows.size(), 5U);
    workspace().setMean(false);
    ASSERT_TRUE(settle());
    const auto one = attributed(1).result;
    workspace().setMean(true);
    EXPECT_TRUE(attributed(1).complete()) << "before the engine has done anything";
    EXPECT_EQ(attributed(1).result, whole);
    EXPECT_EQ(attribution().rowOf(columns()[1]), allRows);
    workspace().setMean(false);
    EXPECT_EQ(attributed(1).result, one);
    workspace().setMean(true);
    attribution().recompute();
    EXPECT_FALSE(attributed(1).complete());
    ASSERT_TRUE(settle());

    for (auto* each : window->findChildren<QuestionPanel*>()) {
        if (const auto kind = each->board().kind(); kind != "lens" && kind != "generate")
            continue;
        window->showPanel(*each);
        ASSERT_TRUE(settle());
        EXPECT_TRUE(each->verdict().text.startsWith(
            QStringLiteral("Prompt 1 of 5 (ioi-paper), this tab has no mean: ")))
            << each->verdict().text.toStdString();
    }
    FigureRequest request;
    request.view = AttributionViews::byPosition;
    EXPECT_THROW(panel().figure(request), Error);
}

TEST_F(SetFiles, AModelOfShorterContextHasTheSetReadAgain) {
    openDemo();
    std::string longer = "Mary";
    for (int i = 0; i < 12; ++i)
        longer += " went to the store";
    open(write(
        "two.jsonl",
        R"({"clean": "Mary went to", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"})"
        "\n"
        R"({"clean": ")" +
            longer + R"(", "corrupt": "John)" + longer.substr(4) +
            R"(", "correct": " Mary", "incorrect": " John"})"
            "\n"));
    ASSERT_TRUE(workspace().askedSet());
    ASSERT_EQ(workspace().askedSet()->size(), 2);
    writeSyntheticGpt2(folder.path() / "short",
                       syntheticConfig(1, 2, 32, columns()[0].model->info().config.d_vocab, 16), 1);
    workspace().openModel(QString::fromStdString((folder.path() / "short").string()));
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 4U);
    ASSERT_TRUE(workspace().askedSet());
    EXPECT_EQ(workspace().askedSet()->size(), 1) << "what is too long for one model is left out";
    EXPECT_TRUE(window->setBand().leftOut()->isVisible());
    EXPECT_TRUE(attributed(3).complete());
    workspace().closeModel(columns()[3].id);
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().askedSet()->size(), 2) << "and comes back without it";
}

} // namespace
} // namespace residuum::test
