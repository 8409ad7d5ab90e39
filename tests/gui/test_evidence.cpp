// Attribution's evidence in the window: the charts of all models, linked like every plot; each
// model's answer in every tab; NMAE over a dataset from its dialog to the map of heads.
#include "app/window/main_window.h"
#include "blocked_engine.h"
#include "widgets/panels/attribution_dataset.h"
#include "widgets/panels/dataset_dialog.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/generation_views.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/prompt_answer.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/prompt/chip_flow.h"
#include "window_fixture.h"

#include <QCheckBox>

#include <fstream>

namespace residuum::test {
namespace {

class EvidenceWindow : public WindowTest {
  protected:
    ChartView& chart(QLatin1StringView view) {
        for (int tab = 0; tab < panel().details()->count(); ++tab) {
            panel().details()->setCurrentIndex(tab);
            if (panel().chart(view)->isVisible())
                break;
        }
        return *panel().chart(view);
    }
    DlaSettings stories() {
        DatasetRequest dataset;
        dataset.file = folder.path() / "stories.txt";
        std::ofstream(dataset.file) << "Mary went to the store.<|endoftext|>John gave a book to "
                                       "Mary.<|endoftext|>She read it near the park.";
        return {dataset};
    }
};

TEST_F(EvidenceWindow, RankedRowsAreHoveredAndPinnedAsInEveryPlot) {
    openDemo();
    auto& ranked = chart(AttributionViews::ranked);
    ASSERT_EQ(ranked.data().categories.size(), 2U * usualTop);
    ASSERT_EQ(ranked.data().series.size(), 3U);
    const auto first = *ranked.data().categories.front().thing;
    clickAt(&ranked, first);
    EXPECT_EQ(workspace().hovered(), first);
    ASSERT_EQ(workspace().state().pins.size(), 1U);
    EXPECT_EQ(workspace().state().pins[0].thing, first);
    attribution().setTop(3);
    ASSERT_TRUE(settle());
    EXPECT_EQ(ranked.data().categories.size(), 6U);
}

TEST_F(EvidenceWindow, AClickOnAPositionGoesThere) {
    openDemo();
    auto& along = chart(AttributionViews::byPosition);
    ASSERT_EQ(along.data().stops.size(), workspace().state().prompt.tokens.size());
    clickAt(&along, *along.data().stops[4].thing);
    EXPECT_EQ(workspace().state().position, 4);
    EXPECT_TRUE(workspace().state().pins.empty());
    ASSERT_TRUE(settle());
    EXPECT_EQ(along.data().markedStop, std::optional<std::size_t>(4));
    EXPECT_EQ(chart(AttributionViews::byLayer).data().stops.size(), 5U);
}

TEST_F(EvidenceWindow, MlpsErrorIsShownAlongThePromptToo) {
    openDemo();
    const auto* chips = window->promptStrip().findChild<ChipFlow*>();
    ASSERT_TRUE(waitFor([&] { return chips->underlay().size() == 15; }));
    const auto heads = chips->underlay();
    attribution().setMlpsAlong(true);
    ASSERT_TRUE(settle());
    const auto& along = chart(AttributionViews::byPosition).data();
    EXPECT_EQ(along.yTitle, QStringLiteral("MLPs off by [%]"));
    const auto found = misjudgement(*attributed(0).result, 14);
    EXPECT_DOUBLE_EQ(along.series[0].curve.back().y(), found.mlps);
    EXPECT_NE(chips->underlay(), heads);
    EXPECT_TRUE(chips->meaning().contains(QStringLiteral("how far off MLPs are")));
    FigureRequest request;
    request.view = AttributionViews::byPosition;
    panel().figure(request);
    EXPECT_EQ(request.settings.text(QStringLiteral("error-of")), QStringLiteral("mlps"));
}

TEST_F(EvidenceWindow, TheErrorLiesUnderThePromptsTokens) {
    openDemo();
    const auto* chips = window->promptStrip().findChild<ChipFlow*>();
    ASSERT_NE(chips, nullptr);
    ASSERT_TRUE(waitFor([&] { return chips->underlay().size() == 15; }));
    double most = 0.0;
    for (std::size_t at = 0; at < 15; ++at) {
        double heads = 0.0;
        for (int model = 0; model < 3; ++model) {
            const double off = misjudgement(*attributed(model).result, static_cast<int>(at)).heads;
            heads = std::isfinite(off) ? std::max(heads, off) : heads;
        }
        most = std::max(most, heads);
    }
    const double here = misjudgement(*attributed(0).result, 14).heads;
    EXPECT_NEAR(chips->underlay()[14], here / most, 1e-9) << "original is the furthest off there";
    window->showPanel(window->panel<NeuronPanel>());
    ASSERT_TRUE(settle());
    EXPECT_TRUE(chips->underlay().empty()) << "it is attribution's";
}

TEST_F(EvidenceWindow, EveryTabSaysWhatEachModelAnswers) {
    openDemo();
    const auto answer = *promptAnswer(workspace(), columns()[0]);
    const auto& row =
        attributed(0).result->rows[static_cast<std::size_t>(workspace().state().position)];
    EXPECT_EQ(answer.logit, row.logit);
    EXPECT_EQ(answer.rank, row.targetRank);
    ASSERT_EQ(row.predictions.front().token, row.target) << "the model is right";
    EXPECT_EQ(answer.rank, 1);
    EXPECT_NEAR(answer.probability, row.predictions.front().probability, 1e-9);
    const auto text = answerText(answer, workspace().tokenizer().get());
    EXPECT_TRUE(text.contains(QStringLiteral("rank 1"))) << text.toStdString();
    for (std::size_t tab = 0; tab < list.size(); ++tab) {
        window->showPanel(list[tab].panel);
        ASSERT_TRUE(settle());
        int shown = 0;
        for (const auto* label : window->findChildren<ElidedLabel*>())
            shown += label->isVisible() && label->fullText().endsWith(text);
        EXPECT_EQ(shown, 1) << list[tab].panel;
    }
}

TEST_F(EvidenceWindow, AModelThatFailsSaysSo) {
    openDemo();
    workspace().setVersus(std::nullopt); // what it is now may not be the target too
    workspace().setTarget(workspace().tokenizer()->single(" John"));
    workspace().setVersus(workspace().tokenizer()->single(" Mary"));
    ASSERT_TRUE(settle());
    const auto answer = *promptAnswer(workspace(), columns()[0]);
    EXPECT_LT(answer.logit, 0.0);
    EXPECT_GT(answer.rank, 1);
    EXPECT_TRUE(answerText(answer, workspace().tokenizer().get())
                    .contains(QStringLiteral("prefers \" Mary\"")));
}

TEST_F(EvidenceWindow, EffectsSayHowManyNeuronsTheyShow) {
    openDemo();
    auto& neurons = window->panel<NeuronPanel>();
    window->showPanel(neurons);
    ASSERT_TRUE(settle());
    EXPECT_EQ(neurons.boxes(0)->data().categories.size(), boxedNeurons + 1) << "and random ones";
    EXPECT_EQ(neurons.boxes(0)->data().xMore, QStringLiteral("6 of 12 shown"));
    called<QCheckBox>(neurons, "Boxes of all chosen neurons, not of the first 6 only").click();
    ASSERT_TRUE(settle());
    EXPECT_EQ(neurons.boxes(0)->data().categories.size(), 13U);
    EXPECT_TRUE(neurons.boxes(0)->data().xMore.isEmpty());
    FigureRequest request;
    request.view = NeuronViews::entropy;
    (void)neurons.figure(request);
    EXPECT_TRUE(request.settings.flag(NeuronViews::allSetting)) << "paper shows them too";
}

TEST_F(EvidenceWindow, WhatTheScaleMediatesIsBetweenTotalAndDirect) {
    openDemo();
    auto& neurons = window->panel<NeuronPanel>();
    window->showPanel(neurons);
    ASSERT_TRUE(settle());
    const auto& chart = neurons.mediated()->data();
    ASSERT_EQ(chart.categories.size(), 12U);
    ASSERT_EQ(chart.series.size(), 3U);
    const auto& board = workspace().board<NeuronBoard>();
    for (std::size_t c = 0; c < 3; ++c) {
        const auto& chosen = board.result(columns()[c].id)->chosen;
        for (std::size_t n = 0; n < 12; ++n) {
            const auto& mark = chart.series[c].marks[n];
            EXPECT_NEAR(1.0 - mark.hollow / mark.filled, chosen.lnMediated(n, true), 1e-9);
            EXPECT_TRUE(chart.series[c].remarks[static_cast<qsizetype>(n)].startsWith(
                QStringLiteral("LN-mediated ")));
        }
    }
    neurons.details()->setCurrentWidget(neurons.table()->parentWidget());
    ASSERT_TRUE(settle());
    QStringList tips;
    for (int section = 0; section < neurons.table()->model()->columnCount(); ++section)
        tips << neurons.table()
                    ->model()
                    ->headerData(section, Qt::Horizontal, Qt::ToolTipRole)
                    .toString();
    EXPECT_FALSE(tips.filter(QStringLiteral("Negative where the direct effect")).isEmpty());
}

TEST_F(EvidenceWindow, TheDatasetIsCountedBeforeAnythingStarts) {
    openDemo();
    const auto wanted = stories();
    askForDataset(workspace(), window.get());
    auto* dialog = window->findChild<DatasetDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->setFile(QString::fromStdString(wanted.dataset->file.string()));
    ASSERT_TRUE(waitFor([&] {
        return dialog->preview().startsWith(QStringLiteral("3 sequences, "));
    })) << dialog->preview().toStdString();
    EXPECT_FALSE(workspace().engine().busy());
    called<QComboBox>(*dialog, "split").setCurrentIndex(1); // the file is one line
    ASSERT_TRUE(waitFor([&] {
        return dialog->preview().startsWith(QStringLiteral("3 sequences, ")) ||
               dialog->preview().startsWith(QStringLiteral("1 sequence, "));
    }));
    dialog->setFile(QStringLiteral("/nosuch.txt"));
    ASSERT_TRUE(
        waitFor([&] { return dialog->preview().contains(QStringLiteral("cannot be read")); }));
    dialog->close();
}

TEST_F(EvidenceWindow, NmaeOverADatasetIsAboutTheDataset) {
    openDemo();
    const auto before = panel().nmaeShown(0);
    const auto wanted = stories();
    attribution().measureNmae(wanted);
    ASSERT_TRUE(settle());
    const auto* measured = attribution().datasetNmae(columns()[0].id);
    ASSERT_NE(measured, nullptr);
    EXPECT_EQ(measured->result->rows.size(), 3U);
    const auto shown = panel().nmaeShown(0);
    EXPECT_NE(shown, before);
    const auto says = [&](const QString& part, bool dimmed) {
        for (const auto* label : panel().findChildren<ElidedLabel*>())
            if (label->fullText().contains(part))
                return label->isEnabled() != dimmed;
        return false;
    };
    EXPECT_TRUE(says(QStringLiteral("stories.txt: 3 sequences, last position"), false));
    workspace().setPrompt(
        {QStringLiteral("Mary went to"), workspace().tokenizer()->encode("Mary went to"), false});
    EXPECT_TRUE(says(QStringLiteral("stories.txt"), false)) << "another prompt changes nothing";
    ASSERT_TRUE(settle());
    EXPECT_EQ(panel().nmaeShown(0), shown);
    BlockedEngine blocked(workspace().engine());
    auto other = wanted;
    other.position.all = true;
    attribution().measureNmae(other);
    EXPECT_TRUE(says(QStringLiteral("stories.txt"), true)) << "of what is asked no more";
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(says(QStringLiteral("positions"), false));
    // Its map of heads is a figure, with a command that makes it again.
    FigureRequest request;
    request.view = AttributionViews::nmaeHeads;
    const auto figure = panel().figure(request);
    ASSERT_EQ(figure.panels.size(), 3U);
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("stories.txt")));
    EXPECT_NE(figure.provenance.commands.front().find("--dataset"), std::string::npos);
    EXPECT_NE(figure.provenance.commands.front().find("--position all"), std::string::npos);
    const auto session = workspace().session();
    EXPECT_EQ(session.settings<DlaSettings>(DlaAnalysis::panel), other) << "it is remembered";
}

} // namespace
} // namespace residuum::test
