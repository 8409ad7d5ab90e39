#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_views.h"
#include "widgets/workspace/workspace.h"

#include "analysis/inputs/dataset.h"
#include "support/paths.h"
#include "support/waiting.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

namespace residuum {
namespace {

using test::waitFor;

class WorkspaceTest : public ::testing::Test {
  protected:
    WorkspaceTest() {
        workspace.setInitialTexts(QStringLiteral("Mary went to the store"), {},
                                  QStringLiteral(" Mary"), QStringLiteral(" John"));
    }

    void open(std::initializer_list<const char*> names) {
        for (const auto* name : names)
            workspace.openModel(QString::fromLatin1(name));
        ASSERT_TRUE(settle());
    }

    bool settle() {
        return waitFor([&] { return !workspace.engine().busy(); });
    }

    /// A column's attribution of the prompt.
    const AttributionBoard::ColumnAnswer& answer(int column) {
        return *board.answer(workspace.columns()[static_cast<std::size_t>(column)].id);
    }

    Workspace workspace{{NumericSettings{}, test::resources() / "demo"}};
    AttributionBoard& board = workspace.add<AttributionBoard>();
};

TEST_F(WorkspaceTest, OpensModelsAndAttributesTheInitialPrompt) {
    open({"demo:original", "demo:ln-free"});
    ASSERT_EQ(workspace.columns().size(), 2u);
    for (const auto& column : workspace.columns()) {
        EXPECT_EQ(column.state, ModelColumn::State::Open);
        const auto* there = board.answer(column.id);
        ASSERT_TRUE(there != nullptr && there->result);
        EXPECT_TRUE(there->complete());
        EXPECT_EQ(there->result->rows.size(), workspace.state().prompt.tokens.size());
    }
    EXPECT_GT(answer(0).result->nmae.heads, 1.0);
    EXPECT_LE(answer(1).result->nmae.heads, 0.001);
    EXPECT_TRUE(workspace.state().target);
}

TEST_F(WorkspaceTest, EveryModelAnswersAtThePositionShownBeforeAnyDoesAtTheOthers) {
    open({"demo:original", "demo:ln-free"});
    const auto text = QStringLiteral("The book was on the table");
    const auto tokens = workspace.tokenizer()->encode(text.toStdString());
    const auto last = static_cast<int>(tokens.size()) - 1;
    std::vector<AnswerState> states;
    std::vector<DlaResult> first;
    QObject::connect(&board, &QuestionBoard::changed, [&] {
        for (int c = 0; c < 2; ++c) {
            const auto& there = answer(c);
            if (there.state != AnswerState::Partial)
                continue;
            ASSERT_EQ(there.result->rows.size(), 1U);
            EXPECT_EQ(there.result->rows[0].position.value, last);
            EXPECT_FALSE(there.result->nmae.known);
            const auto& column = workspace.columns()[static_cast<std::size_t>(c)];
            EXPECT_EQ(board.rowOf(column), 0);
            EXPECT_FALSE(board.guesses(column).empty());
            if (first.size() == static_cast<std::size_t>(c))
                first.push_back(*there.result);
        }
        states.insert(states.end(), {answer(0).state, answer(1).state});
    });
    workspace.setPrompt({text, tokens, false});
    ASSERT_TRUE(settle());
    using enum AnswerState;
    EXPECT_EQ(states, (std::vector{Waiting, Waiting, Partial, Waiting, Partial, Partial, Partial,
                                   Complete, Complete, Complete}));
    ASSERT_EQ(first.size(), 2U);
    for (int c = 0; c < 2; ++c) {
        const auto& whole = *answer(c).result;
        const auto& row = whole.rows.back();
        const auto& part = first[static_cast<std::size_t>(c)];
        EXPECT_TRUE(whole.nmae.known);
        EXPECT_EQ(row.target, part.rows[0].target);
        EXPECT_NEAR(row.logit, part.rows[0].logit, 1e-4);
        EXPECT_NEAR((whole.dla.col(last) - part.dla.col(0)).abs().maxCoeff(), 0.0, 1e-4);
        EXPECT_NEAR((whole.directEffect.col(last) - part.directEffect.col(0)).abs().maxCoeff(), 0.0,
                    1e-4);
    }
}

TEST_F(WorkspaceTest, APositionThatIsStillToComeHasNoRow) {
    open({"demo:original"});
    int seen = 0;
    QObject::connect(&board, &QuestionBoard::changed, [&] {
        if (answer(0).state != AnswerState::Partial)
            return;
        ++seen;
        EXPECT_TRUE(AttributionViews::column(workspace, workspace.columns()[0], answer(0)));
        workspace.setPosition(1);
        EXPECT_EQ(board.rowOf(workspace.columns()[0]), -1);
        EXPECT_TRUE(board.guesses(workspace.columns()[0]).empty());
        EXPECT_FALSE(AttributionViews::column(workspace, workspace.columns()[0], answer(0)));
    });
    workspace.setPrompt(
        {QStringLiteral("The book"), workspace.tokenizer()->encode("The book was here"), false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(seen, 1);
    EXPECT_EQ(board.rowOf(workspace.columns()[0]), 1);
}

TEST_F(WorkspaceTest, WhatTheCacheHasIsDeliveredOnceAndWhole) {
    const test::TemporaryFolder cache;
    Workspace cached{{NumericSettings{}, test::resources() / "demo", CacheSettings{cache.path()}}};
    auto& answers = cached.add<AttributionBoard>();
    const auto quiet = [&] { return waitFor([&] { return !cached.engine().busy(); }); };
    cached.openModel(QStringLiteral("demo:original"));
    ASSERT_TRUE(quiet());
    const auto show = [&](const char* text) {
        cached.setPrompt({QString::fromLatin1(text), cached.tokenizer()->encode(text), false});
        return quiet();
    };
    ASSERT_TRUE(show("The book"));
    ASSERT_TRUE(show("The park"));
    ASSERT_TRUE(show("The garden")); // the answer before is kept without the cache
    std::vector<AnswerState> states;
    QObject::connect(&answers, &QuestionBoard::changed,
                     [&] { states.push_back(answers.answer(cached.columns()[0].id)->state); });
    ASSERT_TRUE(show("The book"));
    EXPECT_TRUE(answers.answer(cached.columns()[0].id)->fromCache);
    EXPECT_EQ(std::count(states.begin(), states.end(), AnswerState::Partial), 0);
    EXPECT_EQ(std::count(states.begin(), states.end(), AnswerState::Complete), 1);
}

TEST_F(WorkspaceTest, MovingThePositionComputesNothing) {
    open({"demo:original"});
    const auto before = answer(0).result;
    workspace.setPosition(1);
    EXPECT_FALSE(workspace.engine().busy());
    EXPECT_EQ(answer(0).result, before);
    EXPECT_EQ(workspace.state().position, 1);
    workspace.setPosition(1000);
    EXPECT_EQ(workspace.state().position,
              static_cast<int>(workspace.state().prompt.tokens.size()) - 1);
}

TEST_F(WorkspaceTest, EditsCanBeUndoneAndRecompute) {
    open({"demo:original"});
    const auto before = workspace.state();
    const auto tokens = workspace.tokenizer()->encode("The book");
    workspace.setPrompt({QStringLiteral("The book"), tokens, false});
    EXPECT_TRUE(answer(0).stale()) << "dimmed, not blanked";
    EXPECT_TRUE(answer(0).result);
    ASSERT_TRUE(settle());
    EXPECT_EQ(answer(0).result->rows.size(), tokens.size());
    workspace.pin(Neuron{LayerIndex(0), NeuronIndex(3)});
    workspace.setTarget(std::nullopt);
    workspace.undoStack().undo();
    workspace.undoStack().undo();
    workspace.undoStack().undo();
    EXPECT_EQ(workspace.state(), before);
    workspace.undoStack().redo();
    EXPECT_EQ(workspace.state().prompt.tokens, tokens);
    ASSERT_TRUE(settle());
}

TEST_F(WorkspaceTest, PinsHaveTheirOwnColours) {
    open({"demo:original"});
    workspace.pin(Neuron{LayerIndex(0), NeuronIndex(2)});
    workspace.pin(Neuron{LayerIndex(0), NeuronIndex(3)});
    EXPECT_NE(workspace.state().pins[0].colour, workspace.state().pins[1].colour);
    const auto freed = workspace.state().pins[0].colour;
    workspace.unpin(Neuron{LayerIndex(0), NeuronIndex(2)});
    workspace.pin(Neuron{LayerIndex(0), NeuronIndex(4)});
    EXPECT_EQ(workspace.state().pins[1].colour, freed);
    EXPECT_EQ(workspace.state().pins[1].letter, QStringLiteral("A")) << "freed too";
    for (int n = 5; n < 60; ++n)
        workspace.pin(Neuron{LayerIndex(0), NeuronIndex(n)});
    std::set<QString> letters;
    for (const auto& pin : workspace.state().pins)
        letters.insert(pin.letter);
    EXPECT_EQ(letters.size(), workspace.state().pins.size()) << "no two share one";
    EXPECT_EQ(workspace.state().pins.back().letter, QStringLiteral("BE"));
}

TEST_F(WorkspaceTest, ModelsOfOneNameAreNumbered) {
    open({"demo:original", "demo:original", "demo:ln-free"});
    const auto nameOf = [&](std::size_t place) { return workspace.columns().at(place).name; };
    EXPECT_EQ(nameOf(0), QStringLiteral("original"));
    EXPECT_EQ(nameOf(1), QStringLiteral("original (2)"));
    EXPECT_EQ(nameOf(2), QStringLiteral("ln-free"));
    workspace.rename(workspace.columns()[1].id, QStringLiteral("ln-free"));
    EXPECT_EQ(nameOf(1), QStringLiteral("ln-free"));
    EXPECT_EQ(nameOf(2), QStringLiteral("ln-free (2)"));
    workspace.closeModel(workspace.columns()[1].id);
    EXPECT_EQ(nameOf(1), QStringLiteral("ln-free"));
}

TEST_F(WorkspaceTest, WhatCannotBeOpenedSaysWhy) {
    open({"demo:original", "/no/such/model", "demo:vanilla"});
    ASSERT_EQ(workspace.failures().size(), 1u);
    EXPECT_TRUE(workspace.failures()[0].problem.contains(QStringLiteral("/no/such/model")));
    ASSERT_EQ(workspace.columns().size(), 2u);
    EXPECT_TRUE(answer(1).result) << "others are not disturbed";
}

TEST_F(WorkspaceTest, AFileThatIsCutShortIsSaidInItsColumn) {
    const test::TemporaryFolder folder;
    std::filesystem::copy(test::resources() / "demo/original", folder.path() / "copy");
    workspace.openModel(QString::fromStdString((folder.path() / "copy").string()));
    workspace.openModel(QStringLiteral("demo:ln-free"));
    ASSERT_TRUE(settle());
    std::filesystem::resize_file(folder.path() / "copy/model.safetensors", 5000);
    workspace.setPrompt(
        {QStringLiteral("The book"), workspace.tokenizer()->encode("The book"), false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(answer(0).state, AnswerState::Failed);
    EXPECT_TRUE(answer(0).sentence.contains(QStringLiteral("cut short")))
        << answer(0).sentence.toStdString();
    EXPECT_TRUE(answer(1).sentence.isEmpty()) << "the other model goes on";
    EXPECT_FALSE(answer(1).stale());
}

TEST_F(WorkspaceTest, DifferentVocabulariesAreRefused) {
    open({"demo:original"});
    workspace.openModel(QString::fromStdString((test::golden() / "tiny-ln").string()));
    ASSERT_TRUE(settle());
    ASSERT_EQ(workspace.failures().size(), 1u);
    EXPECT_TRUE(workspace.failures()[0].problem.contains(QStringLiteral("vocabular")));
}

TEST_F(WorkspaceTest, ModelsWithoutTokenizerGetIds) {
    workspace.openModel(QString::fromStdString((test::golden() / "tiny-ln").string()));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(answer(0).result);
    EXPECT_FALSE(workspace.tokenizer());
    EXPECT_FALSE(workspace.state().target);
    EXPECT_EQ(workspace.state().prompt.tokens.size(), 8u);
}

TEST_F(WorkspaceTest, DatasetNmaeArrivesInEveryColumn) {
    open({"demo:original", "demo:ln-free"});
    const test::TemporaryFolder folder;
    DatasetRequest dataset;
    dataset.file = folder.path() / "stories.txt";
    std::ofstream(dataset.file) << "Mary went to the store.<|endoftext|>John gave a book to Mary.";
    int told = 0;
    QObject::connect(&board, &QuestionBoard::changed, [&] { ++told; });
    board.measureNmae({dataset});
    ASSERT_TRUE(settle());
    EXPECT_EQ(told, 2) << "once of each";
    for (const auto& column : workspace.columns()) {
        ASSERT_NE(board.datasetNmae(column.id), nullptr);
        EXPECT_EQ(datasetDomain(*board.datasetNmae(column.id)),
                  QStringLiteral("stories.txt: 2 sequences, last position, next token"));
    }
}

/// A dataset that takes long enough to look beside it.
DatasetRequest longDataset(const std::filesystem::path& folder) {
    DatasetRequest dataset;
    dataset.file = folder / "long.txt";
    std::ofstream stream(dataset.file);
    for (int i = 0; i < 1000; ++i)
        stream << "Then, Mary and John went to the store. John gave a book to Mary. She read the "
                  "book near the park and thanked John.<|endoftext|>";
    return dataset;
}

TEST_F(WorkspaceTest, APromptsFirstResultDoesNotWaitForADataset) {
    open({"demo:original", "demo:ln-free"});
    const test::TemporaryFolder folder;
    bool begun = false;
    QObject::connect(&workspace.engine(), &Engine::progressed, &workspace,
                     [&](const QString& stage, double fraction) {
                         begun = begun || (stage.startsWith("attribution") && fraction > 0.0);
                     });
    board.measureNmae({longDataset(folder.path())});
    ASSERT_TRUE(waitFor([&] { return begun; }));
    for (const auto* text : {"The book was lost", "Mary went to", "The park"}) {
        QElapsedTimer clock;
        clock.start();
        workspace.setPrompt({text, workspace.tokenizer()->encode(text), false});
        ASSERT_TRUE(waitFor([&] { return !answer(0).stale() && !answer(1).stale(); }));
        std::printf("prompt to two results during a dataset: %lld ms\n",
                    static_cast<long long>(clock.elapsed()));
        EXPECT_EQ(board.datasetNmae(workspace.columns()[1].id), nullptr) << "it is still measured";
    }
    // A model that is closed while a nearer result of it is waited for takes its dataset along.
    const std::weak_ptr<const Model> closed = workspace.columns()[0].model;
    workspace.setTarget(std::nullopt);
    workspace.closeModel(workspace.columns()[0].id);
    EXPECT_TRUE(waitFor([&] { return closed.expired(); }));
    ASSERT_TRUE(settle());
    ASSERT_EQ(workspace.columns().size(), 1U);
    EXPECT_FALSE(answer(0).stale());
    ASSERT_NE(board.datasetNmae(workspace.columns()[0].id), nullptr);
    EXPECT_TRUE(datasetDomain(*board.datasetNmae(workspace.columns()[0].id))
                    .contains(QStringLiteral("1000 sequences")));
}

TEST_F(WorkspaceTest, CancellingSaysSoAndTheNextEditComputesAgain) {
    open({"demo:original"});
    const auto before = answer(0).result;
    workspace.setTarget(std::nullopt);
    workspace.openModel(QStringLiteral("demo:vanilla"));
    workspace.cancelWork();
    ASSERT_TRUE(settle());
    EXPECT_EQ(answer(0).result, before) << "the old result stays, dimmed";
    EXPECT_TRUE(answer(0).stale());
    EXPECT_TRUE(answer(0).sentence.startsWith(QStringLiteral("Cancelled")));
    EXPECT_EQ(workspace.columns().size(), 1u);
    EXPECT_EQ(workspace.failures().size(), 1u) << "to be opened again";
    workspace.setPosition(0);
    workspace.setTarget(TokenId(5));
    ASSERT_TRUE(settle());
    EXPECT_FALSE(answer(0).stale());
    EXPECT_TRUE(answer(0).sentence.isEmpty());
}

TEST_F(WorkspaceTest, ClosingAModelForgetsItsDifference) {
    open({"demo:original", "demo:ln-free"});
    workspace.setDifference(std::pair(0, 1));
    ASSERT_TRUE(workspace.difference());
    workspace.closeModel(workspace.columns()[0].id);
    EXPECT_FALSE(workspace.difference());
    EXPECT_EQ(workspace.columns().size(), 1u);
}

} // namespace
} // namespace residuum
