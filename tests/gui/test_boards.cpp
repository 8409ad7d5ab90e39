// What all questions have in common, in the real window: cancelling, waiting, saved columns.
#include "blocked_engine.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/patching_views.h"
#include "window_fixture.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <random>

namespace residuum::test {
namespace {

class BoardWindow : public WindowTest {
  protected:
    void openOn(const std::string& panelName) {
        openDemo();
        window->showPanel(panelName);
        ASSERT_TRUE(settle());
    }
    PatchingBoard& patching() { return workspace().board<PatchingBoard>(); }
    NeuronBoard& neurons() { return workspace().board<NeuronBoard>(); }

    /// Runs the event loop for some microseconds.
    static void pass(std::uint64_t microseconds) {
        QElapsedTimer clock;
        clock.start();
        while (clock.nsecsElapsed() < static_cast<qint64>(microseconds) * 1000)
            QCoreApplication::processEvents();
    }
    /// Asks for everything on a board again, cancels at 20 moments until it would be done, and
    /// expects each column to be cancelled or to have been complete before, for good.
    void cancelAtManyMoments(QuestionBoard& board) {
        QElapsedTimer clock;
        clock.start();
        board.recompute();
        ASSERT_TRUE(settle());
        const auto span = static_cast<std::uint64_t>(clock.nsecsElapsed()) / 1000 + 1;
        std::minstd_rand random(12);
        int cancelled = 0;
        for (int moment = 0; moment < 20; ++moment) {
            board.recompute();
            pass(random() % span);
            QThread::usleep(random() % 2000); // things arrive that nobody has looked at
            std::vector<bool> complete;
            for (const auto& column : columns())
                complete.push_back(board.status(column.id)->complete());
            workspace().cancelWork();
            ASSERT_TRUE(settle());
            pass(2000);
            for (std::size_t i = 0; i < columns().size(); ++i) {
                const auto* there = board.status(columns()[i].id);
                EXPECT_EQ(there->state,
                          complete[i] ? AnswerState::Complete : AnswerState::Cancelled)
                    << board.kind() << ", moment " << moment << ", column " << i;
                EXPECT_EQ(there->sentence.isEmpty(), complete[i]);
                cancelled += complete[i] ? 0 : 1;
            }
        }
        EXPECT_GT(cancelled, 0) << "the moments are too late to try anything";
        board.recompute();
        ASSERT_TRUE(settle());
        for (const auto& column : columns())
            EXPECT_TRUE(board.status(column.id)->complete());
    }
};

TEST_F(BoardWindow, AttributionIsCancelledAtAnyMoment) {
    openOn("attribution");
    cancelAtManyMoments(attribution());
}

TEST_F(BoardWindow, PatchingIsCancelledAtAnyMoment) {
    openOn("patching");
    cancelAtManyMoments(patching());
}

TEST_F(BoardWindow, NeuronsAreCancelledAtAnyMoment) {
    openOn("neurons");
    workspace().pin(Neuron{LayerIndex(3), NeuronIndex(600)});
    ASSERT_TRUE(settle());
    cancelAtManyMoments(neurons());
}

TEST_F(BoardWindow, APromptsFirstResultDoesNotWaitForASweep) {
    openOn("patching");
    const auto tokenizer = workspace().tokenizer();
    const auto rest = QStringLiteral(" and John went to the store.").repeated(6);
    const auto prompt = [&](const QString& name) {
        const auto text = name + rest;
        return PromptState{text, tokenizer->encode(text.toStdString()), false};
    };
    patching().setSettings(atSite(PatchSite::Z));
    bool begun = false;
    QObject::connect(&patching(), &PatchingBoard::changed, window.get(), [&] {
        begun = begun || patching().answer(columns()[0].id)->state == AnswerState::Partial;
    });
    workspace().setPair(prompt(QStringLiteral("Mary")), prompt(QStringLiteral("John")),
                        *workspace().state().target, *workspace().state().versus);
    ASSERT_TRUE(waitFor([&] { return begun; }));
    window->showPanel("attribution");
    QElapsedTimer clock;
    clock.start();
    attribution().recompute();
    ASSERT_TRUE(waitFor([&] {
        return std::all_of(columns().begin(), columns().end(), [&](const auto& column) {
            return attribution().answer(column.id)->complete();
        });
    }));
    std::printf("three results during a sweep: %lld ms\n", static_cast<long long>(clock.elapsed()));
    EXPECT_FALSE(patching().answer(columns()[2].id)->complete()) << "the sweeps are not done";
    ASSERT_TRUE(settle());
    EXPECT_TRUE(patching().answer(columns()[2].id)->complete())
        << "what has begun goes on, though nobody looks";
}

TEST_F(BoardWindow, WhatNobodyLooksAtBecomesStaleAndIsComputedOnReturn) {
    openOn("patching");
    const auto before = patching().result(columns()[0].id);
    window->showPanel("attribution");
    workspace().setTarget(workspace().tokenizer()->single(" Lucy"));
    EXPECT_EQ(patching().answer(columns()[0].id)->state, AnswerState::Stale);
    EXPECT_EQ(patching().result(columns()[0].id), before) << "dimmed, not blanked";
    ASSERT_TRUE(settle());
    EXPECT_EQ(patching().answer(columns()[0].id)->state, AnswerState::Stale);
    FigureRequest request;
    request.view = QStringLiteral("patching");
    EXPECT_THROW(shownFigure<PatchingViews>(workspace(), request), Error);
    window->showPanel("patching");
    ASSERT_TRUE(settle());
    EXPECT_TRUE(patching().answer(columns()[0].id)->complete());
    EXPECT_NE(patching().result(columns()[0].id), before);
}

TEST_F(BoardWindow, AHeadPinnedWhileNobodyLooksShowsItsAttentionOnReturn) {
    openOn("patching");
    workspace().pin(headOf(2, 1));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window->attention().heatmap(0)->values().empty()) << "nobody looks";
    window->showAttention();
    ASSERT_TRUE(attentionIsThere());
}

/// Ctrl+R after Cancel, also for what is computed beside the answers.
TEST_F(BoardWindow, WhatWasCancelledBesideTheAnswersComesWhenAskedForAgain) {
    openOn("patching");
    {
        BlockedEngine blocked(workspace().engine());
        workspace().pin(headOf(2, 1));
        window->showAttention();
        QTest::qWait(200); // what is wanted is asked for a moment later
        workspace().cancelWork();
    }
    ASSERT_TRUE(settle());
    EXPECT_TRUE(window->attention().heatmap(0)->values().empty());
    EXPECT_TRUE(window->attention().heatmap(0)->emptyText().contains(QStringLiteral("Ctrl+R")));
    QTest::keyClick(window.get(), Qt::Key_R, Qt::ControlModifier);
    ASSERT_TRUE(attentionIsThere());

    window->showPanel("neurons");
    ASSERT_TRUE(settle());
    ASSERT_NE(neurons().activations(columns()[0].id), nullptr);
    {
        BlockedEngine blocked(workspace().engine());
        workspace().setPrompt({QStringLiteral("The book was"),
                               workspace().tokenizer()->encode("The book was"), false});
        workspace().cancelWork();
    }
    ASSERT_TRUE(settle());
    EXPECT_EQ(neurons().activations(columns()[0].id), nullptr);
    QTest::keyClick(window.get(), Qt::Key_R, Qt::ControlModifier);
    ASSERT_TRUE(settle());
    const auto there = neurons().activations(columns()[0].id);
    ASSERT_NE(there, nullptr);
    EXPECT_EQ(there->values.cols(),
              static_cast<Eigen::Index>(workspace().state().prompt.tokens.size()));
}

TEST_F(BoardWindow, WhatIsNotFinishedIsNotExported) {
    openOn("patching");
    BlockedEngine blocked(workspace().engine());
    auto settings = patching().settings();
    settings.site = PatchSite::ZAll;
    patching().setSettings(settings);
    EXPECT_TRUE(patching().answer(columns()[0].id)->coming());
    FigureRequest request;
    request.view = QStringLiteral("patching");
    EXPECT_THROW(shownFigure<PatchingViews>(workspace(), request), Error);
    QStringList said;
    QObject::connect(&workspace(), &Workspace::message,
                     [&](const QString& sentence) { said << sentence; });
    patching().save(QString::fromStdString((folder.path() / "patch.h5").string()));
    EXPECT_EQ(said.filter(QStringLiteral("is still being computed")).size(), 1);
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "patch.h5"));
    EXPECT_FALSE(shownFigure<PatchingViews>(workspace(), request).panels.empty());
}

TEST_F(BoardWindow, OtherAblationsUseWhatWasPrepared) {
    openOn("neurons");
    QStringList stages;
    QObject::connect(&workspace().engine(), &Engine::progressed,
                     [&](const QString& stage) { stages << stage; });
    auto settings = neurons().settings();
    settings.ablation = Ablation::Zero;
    settings.screen = true;
    neurons().setSettings(settings);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(stages.filter(QStringLiteral("ablation")).isEmpty());
    EXPECT_TRUE(stages.filter(QStringLiteral("weights of")).isEmpty())
        << stages.join(' ').toStdString();
    EXPECT_TRUE(stages.filter(QStringLiteral("activations of")).isEmpty());
    const auto kept = neurons().result(columns()[1].id);
    // The same as if nothing had been there.
    window.reset();
    openOn("neurons");
    neurons().setSettings(settings);
    ASSERT_TRUE(settle());
    const auto fresh = neurons().result(columns()[1].id);
    EXPECT_EQ(kept->chosen.neurons, fresh->chosen.neurons);
    EXPECT_TRUE((kept->chosen.meanAbs == fresh->chosen.meanAbs).all());
    EXPECT_EQ(kept->weights.norm, fresh->weights.norm);
}

TEST_F(BoardWindow, ASavedPatchingResultStandsBesideLiveModels) {
    openOn("patching");
    const auto file = QString::fromStdString((folder.path() / "p.h5").string());
    patching().save(file);
    ASSERT_TRUE(settle());
    auto* panel = &window->panel<PatchingPanel>();
    const auto values = panel->exactHeatmap(2)->values();
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    EXPECT_EQ(columns()[5].name, QStringLiteral("ln-free (saved)"));
    EXPECT_EQ(panel->exactHeatmap(5)->values(), values);
    workspace().setDifference(std::pair(2, 5));
    for (const double value : panel->differenceHeatmap()->values())
        EXPECT_EQ(value, 0.0);
    FigureRequest request;
    request.view = QStringLiteral("patching");
    const auto figure = shownFigure<PatchingViews>(workspace(), request);
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("p.h5"))) << figure.caption.toStdString();
    EXPECT_EQ(figure.provenance.models.size(), 6U);
    // Of another pair or site there is nothing to show, and the column says so.
    workspace().setDifference(std::nullopt);
    patching().setSettings(atSite(PatchSite::MlpOut));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(panel->exactHeatmap(5)->emptyText().contains(QStringLiteral("of this site")));
    patching().setSettings({});
    workspace().setTarget(workspace().tokenizer()->single(" Lucy"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(patching().answer(columns()[5].id)->state, AnswerState::Empty);
    EXPECT_TRUE(panel->exactHeatmap(5)->emptyText().contains(QStringLiteral("other pairs")));
    workspace().undoStack().undo();
    ASSERT_TRUE(settle());
    EXPECT_EQ(panel->exactHeatmap(5)->values(), values);
    for (const auto* name : {"attribution", "neurons", "patching"}) {
        window->showPanel(name);
        ASSERT_TRUE(settle());
    }
}

TEST_F(BoardWindow, ASavedPatchingResultOpensWithoutAnyModelAndFromASession) {
    openOn("patching");
    PatchSettings settings;
    settings.site = PatchSite::ZAll;
    settings.direction = PatchDirection::CorruptIntoClean;
    patching().setSettings(settings);
    ASSERT_TRUE(settle());
    const auto file = folder.path() / "p.h5";
    patching().save(QString::fromStdString(file.string()));
    ASSERT_TRUE(settle());
    const auto state = workspace().state();
    const auto values = window->panel<PatchingPanel>().exactHeatmap(1)->values();
    window.reset();
    openWindow({file.string()});
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 3U);
    EXPECT_TRUE(window->panel<PatchingPanel>().isVisible());
    EXPECT_EQ(patching().settings(), settings) << "what is asked is what the file holds";
    EXPECT_EQ(window->panel<PatchingPanel>().exactHeatmap(1)->values(), values);
    EXPECT_EQ(workspace().state().corrupt.tokens, state.corrupt.tokens);
    EXPECT_EQ(workspace().state().target, state.target);
    EXPECT_EQ(workspace().state().versus, state.versus);
    const auto session = workspace().session();
    ASSERT_EQ(session.results.size(), 1U);
    workspace().restore(session);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 3U);
    EXPECT_EQ(window->panel<PatchingPanel>().exactHeatmap(1)->values(), values);
}

} // namespace
} // namespace residuum::test
