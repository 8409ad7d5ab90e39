// In which order patching works, what it announces, and that its panel cuts no text.
#include "widgets/panels/patching_offers.h"
#include "widgets/panels/patching_pair_editor.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/prompt/prompt_editor.h"
#include "window_fixture.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QStyle>
#include <QStyleOptionComboBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace residuum::test {
namespace {

class PatchingSweeps : public WindowTest {
  protected:
    PatchingBoard& board() { return workspace().board<PatchingBoard>(); }
    const PatchAnswer& answer(int column) {
        return *board().answer(columns()[static_cast<std::size_t>(column)].id);
    }
    PatchingPanel& patching() { return window->panel<PatchingPanel>(); }

    /// So long that its cells take several batches.
    void setLongPair() {
        const auto tokenizer = workspace().tokenizer();
        const auto state = [&](const std::string& name) {
            std::string text = name;
            while (tokenizer->encode(text).size() < 110)
                text += " went to the store";
            return PromptState{QString::fromStdString(text), tokenizer->encode(text), false};
        };
        workspace().setPair(state(" John"), state(" Mary"), *tokenizer->single(" Mary"),
                            *tokenizer->single(" John"));
        ASSERT_GE(workspace().state().prompt.tokens.size(), 100U);
        ASSERT_EQ(workspace().state().prompt.tokens.size(),
                  workspace().state().corrupt.tokens.size());
    }

    /// Cells that a patch was run for.
    static int exactCells(const PatchAnswer* answer) {
        if (answer == nullptr || !answer->result || answer->stale())
            return 0;
        const auto* grid = answer->result->find(PatchMethod::Exact, PatchSite::ResidPre);
        int count = 0;
        for (Eigen::Index i = 0; grid != nullptr && i < grid->values.size(); ++i)
            count += std::isnan(grid->values.data()[i]) || grid->values.data()[i] == 0.0 ? 0 : 1;
        return count;
    }
    static bool hasEstimate(const PatchAnswer* answer) {
        if (answer == nullptr || !answer->result || answer->stale())
            return false;
        const auto* grid = answer->result->find(PatchMethod::Attribution, PatchSite::ResidPre);
        return grid != nullptr && !grid->values.isNaN().any();
    }

    void showAnnounced() {
        openDemo();
        board().announceFrom(0.0);
        setLongPair();
        window->showPanel(window->panel<PatchingPanel>());
        ASSERT_TRUE(settle());
    }
};

TEST_F(PatchingSweeps, EstimatesOfAllModelsComeBeforeAnyExactCell) {
    openDemo();
    setLongPair();
    bool isFirst = true;
    int all = 0;
    QObject::connect(&board(), &PatchingBoard::changed, [&] {
        int exact = 0, estimates = 0;
        for (const auto& column : columns()) {
            exact += exactCells(board().answer(column.id));
            estimates += hasEstimate(board().answer(column.id)) ? 1 : 0;
        }
        if (exact > 0 && isFirst) {
            isFirst = false;
            EXPECT_EQ(estimates, 3);
        }
        all = exact;
    });
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());
    EXPECT_GT(all, 600);
    for (int column = 0; column < 3; ++column)
        EXPECT_TRUE(answer(column).complete());
}

TEST_F(PatchingSweeps, WhatTakesLongIsAnnouncedWithItsCostAndASmallerChoice) {
    showAnnounced();
    for (int column = 0; column < 3; ++column) {
        EXPECT_EQ(answer(column).state, AnswerState::Announced);
        EXPECT_TRUE(hasEstimate(&answer(column)));
        EXPECT_FALSE(answer(column).stale());
    }
    // Estimates are a figure of their own meanwhile; exact values are none yet.
    FigureRequest request;
    request.view = PatchingViews::estimate;
    EXPECT_EQ(patching().figure(request).panels.size(), 3U);
    request.view = PatchingViews::exact;
    EXPECT_THROW(patching().figure(request), Error);
    const auto buttons = patching().exactOffers()->buttons();
    ASSERT_EQ(buttons.size(), 2U);
    EXPECT_TRUE(buttons[0]->text().startsWith(QStringLiteral("top 200 cells ≈ ")));
    EXPECT_TRUE(buttons[1]->text().startsWith(QStringLiteral("all ")))
        << buttons[1]->text().toStdString();

    buttons[0]->click();
    ASSERT_TRUE(settle());
    for (int column = 0; column < 3; ++column) {
        EXPECT_TRUE(answer(column).complete());
        EXPECT_EQ(exactCells(&answer(column)), 200);
    }
    EXPECT_TRUE(board().command().contains(QStringLiteral("--cells top:200")));
    EXPECT_TRUE(
        window->panel<PatchingPanel>().verdict().text.contains(QStringLiteral("top 200 of ")))
        << patching().verdict().text.toStdString();

    const auto rest = patching().exactOffers()->buttons();
    ASSERT_EQ(rest.size(), 1U);
    rest[0]->click();
    ASSERT_TRUE(settle());
    for (int column = 0; column < 3; ++column) {
        EXPECT_TRUE(answer(column).complete());
        EXPECT_GT(exactCells(&answer(column)), 250);
    }
    EXPECT_TRUE(patching().exactOffers()->buttons().empty());
    EXPECT_FALSE(board().command().contains(QStringLiteral("--cells")));
}

TEST_F(PatchingSweeps, AChoiceIsKeptInTheSession) {
    showAnnounced();
    patching().exactOffers()->buttons()[0]->click();
    ASSERT_TRUE(settle());
    const auto text = toText(workspace().session());
    workspace().restore(parseSession(text, "test"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(board().settings().cells, ExactCells{200});
    EXPECT_EQ(toText(workspace().session()), text);
}

TEST_F(PatchingSweeps, CheapOnesStartByThemselves) {
    openDemo();
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());
    EXPECT_TRUE(answer(2).complete());
    EXPECT_TRUE(patching().exactOffers()->buttons().empty());
}

/// What a label or combo needs to show all of its text, and what it has.
void expectUncut(const QWidget& widget, const QString& text, int room) {
    EXPECT_LE(widget.fontMetrics().horizontalAdvance(text), room)
        << text.toStdString() << " in " << widget.metaObject()->className();
}

TEST_F(PatchingSweeps, NothingInThePanelIsCut) {
    openDemo();
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());
    for (const QSize size : {QSize(1024, 700), QSize(1280, 800)}) {
        window->resize(size);
        ASSERT_TRUE(settle());
        QTest::qWait(50);
        const auto room = patching().rect();
        for (const auto* combo : patching().findChildren<QComboBox*>()) {
            if (!combo->isVisible())
                continue;
            QStyleOptionComboBox option;
            option.initFrom(combo);
            const auto field = combo->style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                              QStyle::SC_ComboBoxEditField, combo);
            expectUncut(*combo, combo->currentText(), field.width());
            const QRect place(combo->mapTo(&patching(), QPoint()), combo->size());
            EXPECT_TRUE(room.contains(place)) << combo->accessibleName().toStdString();
            EXPECT_FALSE(combo->accessibleName().isEmpty());
        }
        for (const auto* label : patching().findChildren<QLabel*>())
            if (label->isVisible() && !label->wordWrap() && label->textFormat() != Qt::RichText)
                expectUncut(*label, label->text().remove(QLatin1Char('&')), label->width());
    }
}

TEST_F(PatchingSweeps, EditingTheCorruptedPromptIsOneStepOfTheDocument) {
    openDemo();
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());
    auto* editor = patching().pairEditor();
    const auto before = workspace().state().corrupt;
    const int steps = workspace().undoStack().index();
    QTest::keyClicks(editor->aligned(), QStringLiteral("Then"));
    ASSERT_TRUE(editor->isEditing());
    EXPECT_TRUE(editor->message().startsWith(QStringLiteral("1 token: ")))
        << editor->message().toStdString();
    QTest::keyClick(editor->corruptEdit(), Qt::Key_Escape);
    EXPECT_FALSE(editor->isEditing());
    EXPECT_EQ(workspace().state().corrupt, before);
    editor->startEditing();
    QTest::keyClick(editor->corruptEdit(), Qt::Key_Return); // nothing was edited
    EXPECT_EQ(workspace().undoStack().index(), steps);
    editor->startEditing();
    editor->corruptEdit()->setText(before.text + QStringLiteral(" the"));
    QTest::keyClick(editor->corruptEdit(), Qt::Key_Return);
    EXPECT_EQ(workspace().undoStack().index(), steps + 1);
    EXPECT_EQ(workspace().state().corrupt.tokens.size(), before.tokens.size() + 1);
    workspace().undoStack().undo();
    EXPECT_EQ(workspace().state().corrupt, before);
}

TEST_F(PatchingSweeps, LongPairsFoldWhereTheyAreEqual) {
    openDemo();
    const auto tokenizer = workspace().tokenizer();
    std::string text = "Then, Mary";
    while (tokenizer->encode(text).size() < 100)
        text += " went to the store";
    const auto state = [&](const std::string& end) {
        return PromptState{QString::fromStdString(text + end), tokenizer->encode(text + end),
                           false};
    };
    window->showPanel(window->panel<PatchingPanel>());
    workspace().setPair(state(" Mary gave a book to"), state(" John gave a book to"),
                        *tokenizer->single(" Mary"), *tokenizer->single(" John"));
    ASSERT_TRUE(settle());
    auto* pair = patching().pairEditor()->aligned();
    ASSERT_EQ(pair->differing().size(), 1U);
    EXPECT_TRUE(pair->isFolded());
    EXPECT_TRUE(pair->cellOf(3).isNull());
    EXPECT_TRUE(pair->visibleRegion().contains(pair->cellOf(pair->differing().front()).center()));
}

TEST_F(PatchingSweeps, AModelThatFailsTheTaskIsFlagged) {
    openDemo();
    window->showPanel(window->panel<PatchingPanel>());
    // The answers the other way round: every model is wrong about them.
    const auto state = workspace().state();
    workspace().setPair(state.prompt, state.corrupt, *state.versus, *state.target);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(
        patching().verdict().text.contains(QStringLiteral("original does not do the task: gap ")))
        << patching().verdict().text.toStdString();
    EXPECT_TRUE(patching().verdict().text.contains(QStringLiteral("the clean answer is wrong")));
}

} // namespace
} // namespace residuum::test
