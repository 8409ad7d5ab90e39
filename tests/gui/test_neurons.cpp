// The confidence-neuron panel in the real window.
#include "neuron_window.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/neuron_views.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/plots/token_strip_view.h"

#include <QCheckBox>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include <algorithm>
#include <fstream>

namespace residuum::test {
namespace {

TEST_F(NeuronWindow, OneModelChoosesAndAllFollow) {
    openNeurons();
    EXPECT_EQ(result(0).chosen.neurons.size(), 12U);
    EXPECT_EQ(result(1).chosen.neurons, result(0).chosen.neurons);
    EXPECT_EQ(result(2).chosen.neurons, result(0).chosen.neurons);
    EXPECT_EQ(neurons().scatter(1)->data().points.size(), 640U);
    EXPECT_EQ(neurons().boxes(2)->data().categories.size(), boxedNeurons + 1); // and random
    EXPECT_EQ(neurons().curves(0)->data().series.size(), 4U);
    EXPECT_TRUE(neurons().summaryShown(2).contains(QStringLiteral("LN frozen")));

    auto settings = board().settings();
    settings.chosenOn = "demo:ln-free";
    settings.by = NeuronRank::Norm;
    const auto before = result(0).chosen.neurons;
    board().setSettings(settings);
    waitForNeurons();
    EXPECT_EQ(result(0).chosen.neurons, result(2).chosen.neurons);
    EXPECT_NE(result(0).chosen.neurons, before);
}

TEST_F(NeuronWindow, APinnedNeuronIsFollowedAndShownEverywhere) {
    openNeurons();
    const auto& chosen = result(0).chosen.neurons;
    int other = 0;
    while (std::find(chosen.begin(), chosen.end(), NeuronIndex(other)) != chosen.end())
        ++other;
    workspace().pin(neuronOf(other));
    waitForNeurons();
    for (int column = 0; column < 3; ++column) {
        EXPECT_EQ(result(column).chosen.neurons.back().value, other);
        const auto& categories = neurons().boxes(column)->data().categories;
        EXPECT_TRUE(std::any_of(categories.begin(), categories.end(), [&](const auto& category) {
            return category.thing == neuronOf(other);
        }));
    }
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("Promotes")));
    EXPECT_EQ(neurons().strips()->strips().blocks.size(), boxedNeurons);
    EXPECT_TRUE(neurons().strips()->strips().tokens.contains(QStringLiteral("·Mary")));
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("L3N%1").arg(other)));
    // Other panels know the pin and take no harm from it.
    window->showPanel(window->panel<AttributionPanel>());
    ASSERT_TRUE(settle());
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());
}

TEST_F(NeuronWindow, TheInspectorHasAllThatIsKnownOfANeuron) {
    openNeurons();
    for (int tab = 0; tab < neurons().details()->count(); ++tab)
        EXPECT_NE(neurons().details()->tabText(tab), QStringLiteral("One neuron"));
    const auto& there = result(0);
    const auto neuron = there.chosen.neurons.front();
    const auto overview = window->inspector().plainText();
    EXPECT_TRUE(overview.contains(QStringLiteral("of the followed neurons")))
        << "the strongest are named where nothing is hovered: " << overview.toStdString();
    workspace().setHovered(neuronOf(neuron.value));
    const auto text = window->inspector().plainText();
    const auto at = static_cast<std::size_t>(neuron.value);
    for (const double number : {there.activations.mean[at], there.activations.deviation[at],
                                there.chosen.meanAbs(0, effectColumn(false, false)),
                                there.chosen.meanAbs(0, effectColumn(true, false)),
                                there.activations.topActivation(static_cast<Eigen::Index>(at), 0)})
        EXPECT_TRUE(text.contains(threeDigits(number))) << number << "\n" << text.toStdString();
    for (const auto* words :
         {"LN-mediated", "null space", "Promotes and suppresses", "Most active"})
        EXPECT_TRUE(text.contains(QString::fromUtf8(words))) << words;
    workspace().setHovered(neuronOf(neuron.value == 0 ? 1 : 0));
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("pin it")) ||
                there.chosen.neurons.size() > 600);
    EXPECT_LE(window->inspector().wantedWidth(), window->inspector().numbersWidth());
}

TEST_F(NeuronWindow, ClicksPinAndHoverIsShared) {
    openNeurons();
    const auto neuron = result(0).chosen.neurons.front().value;
    clickAt(neurons().boxes(1), neuronOf(neuron));
    ASSERT_EQ(workspace().state().pins.size(), 1U);
    EXPECT_EQ(workspace().state().pins.front().thing, neuronOf(neuron));
    EXPECT_EQ(workspace().hovered(), neuronOf(neuron));
}

TEST_F(NeuronWindow, TheTableSaysWhatIsExactAndWhatIsEstimated) {
    openNeurons();
    neurons().details()->setCurrentWidget(neurons().table()->parentWidget());
    ASSERT_TRUE(settle());
    auto* model = neurons().table()->model();
    EXPECT_EQ(model->rowCount(), 12); // followed ones
    auto settings = board().settings();
    settings.screen = true;
    board().setSettings(settings);
    waitForNeurons();
    auto* filter = neurons().table()->filter();
    filter->setExactOnly(false);
    EXPECT_EQ(model->rowCount(), 640);
    int approximate = 0;
    for (int row = 0; row < 640; ++row)
        approximate += model->index(row, 1).data().toString().startsWith(QStringLiteral("≈"));
    EXPECT_EQ(approximate, 640 - 12);
    model->sort(1, Qt::DescendingOrder);
    EXPECT_GE(model->index(0, 1).data(TableModel::sortRole).toDouble(),
              model->index(1, 1).data(TableModel::sortRole).toDouble());
    filter->setPart(QStringLiteral("63"));
    EXPECT_LT(model->rowCount(), 40);
    EXPECT_GT(model->rowCount(), 10);
}

TEST_F(NeuronWindow, ADatasetIsMeasuredAndItsTroubleToldInWords) {
    const auto file = folder.path() / "texts.jsonl";
    std::ofstream(file) << R"({"text": "Mary went to the store. John went to the park."})" << '\n'
                        << R"({"text": "Then John gave a book to Mary."})" << '\n';
    openNeurons();
    auto settings = board().settings();
    settings.dataset = DatasetRequest{};
    settings.dataset->file = file;
    board().setSettings(settings);
    waitForNeurons();
    EXPECT_EQ(result(0).tokens.back().sample, 1);
    // The prompt may change without anything being measured again.
    const auto* before = &result(0);
    workspace().setPrompt({QStringLiteral("x"), {TokenId(5), TokenId(6)}, false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(&result(0), before);

    settings.dataset->file = folder.path() / "missing.jsonl";
    board().setSettings(settings);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(neurons().summaryShown(0).contains(QStringLiteral("cannot be read")))
        << neurons().summaryShown(0).toStdString();
}

TEST_F(NeuronWindow, SettingsAndPinsAreInTheSession) {
    openNeurons();
    auto settings = board().settings();
    settings.top = 5;
    settings.ablation = Ablation::Zero;
    settings.entropy = false;
    board().setSettings(settings);
    workspace().pin(neuronOf(77));
    waitForNeurons();
    const auto session = parseSession(toText(workspace().session()), "test");
    ASSERT_TRUE(session.asks("neurons"));
    EXPECT_EQ(session.settings<NeuronSettings>("neurons"), settings);
    workspace().unpin(neuronOf(77));
    board().setSettings({});
    workspace().restore(session);
    waitForNeurons();
    EXPECT_EQ(board().settings(), settings);
    ASSERT_EQ(workspace().state().pins.size(), 1U);
    EXPECT_EQ(workspace().state().pins.front().thing, neuronOf(77));
    EXPECT_EQ(result(0).chosen.neurons.size(), 6U);
}

TEST_F(NeuronWindow, WhatIsShownIsExportedWithItsCommand) {
    openNeurons();
    for (const auto& view : neuronKind().views) {
        FigureRequest request;
        request.view = view.name;
        const auto figure = shownFigure<NeuronViews>(workspace(), request);
        EXPECT_FALSE(figure.panels.empty()) << view.name.toStdString();
        ASSERT_EQ(figure.provenance.commands.size(), 1U);
        EXPECT_NE(figure.provenance.commands.front().find("residuum neurons"), std::string::npos);
        EXPECT_NE(figure.provenance.commands.front().find("--neurons"), std::string::npos);
    }
}

TEST_F(NeuronWindow, WithoutTwoTokensItSaysWhatToDo) {
    openNeurons();
    workspace().setPrompt({QStringLiteral("x"), {TokenId(5)}, false});
    ASSERT_TRUE(settle());
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("two tokens")));
}

TEST_F(NeuronWindow, APinCostsNoMoreThanItsNeuronAndChangesNothingElse) {
    openNeurons();
    const auto before = neurons().summaryShown(0);
    const auto random = result(0).random.neurons;
    const auto* main = &result(0);
    workspace().pin(neuronOf(3));
    waitForNeurons();
    ASSERT_TRUE(waitFor([&] { return result(0).chosen.neurons.back().value == 3; }));
    EXPECT_EQ(neurons().summaryShown(0), before);
    EXPECT_EQ(result(0).random.neurons, random);
    EXPECT_EQ(neurons().curves(0)->data().series.front().curve.back().x(), 12.0);
    workspace().unpin(neuronOf(3));
    waitForNeurons();
    EXPECT_EQ(&result(0), main) << "taken away, it leaves what was there";
}

TEST_F(NeuronWindow, WhatIsPinnedElsewhereIsFollowedOnReturn) {
    openNeurons();
    window->showPanel(window->panel<AttributionPanel>());
    workspace().pin(neuronOf(11));
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0).chosen.neurons.size(), 12U) << "nobody looks";
    window->showPanel(window->panel<NeuronPanel>());
    ASSERT_TRUE(settle());
    for (int column = 0; column < 3; ++column)
        EXPECT_EQ(result(column).chosen.neurons.back().value, 11);
    EXPECT_TRUE(workspace().board<NeuronBoard>().activations(columns()[0].id));
}

TEST_F(NeuronWindow, WhatIsCancelledStaysCancelledUntilAskedFor) {
    openNeurons();
    auto settings = board().settings();
    settings.top = 40;
    board().setSettings(settings);
    ASSERT_TRUE(workspace().engine().busy());
    workspace().cancelWork();
    ASSERT_TRUE(settle());
    QTest::qWait(50);
    EXPECT_FALSE(workspace().engine().busy());
    EXPECT_TRUE(board().answer(columns()[0].id)->stale());
    EXPECT_TRUE(neurons().summaryShown(0).contains(QStringLiteral("Ctrl+R")))
        << neurons().summaryShown(0).toStdString();
    board().recompute();
    waitForNeurons();
    EXPECT_EQ(result(2).chosen.neurons.size(), 40U);
}

TEST_F(NeuronWindow, ModelsAreClosedWhileTheyCompute) {
    openNeurons();
    auto settings = board().settings();
    settings.top = 90;
    board().setSettings(settings);
    workspace().closeModel(columns()[0].id); // the one that chooses
    waitForNeurons();
    ASSERT_EQ(columns().size(), 2U);
    EXPECT_EQ(result(0).chosen.neurons.size(), 90U);
    while (!columns().empty())
        workspace().closeModel(columns().back().id);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(board().obstacle().contains(QStringLiteral("Open a model")));
}

TEST_F(NeuronWindow, WhereNobodyChoosesEveryColumnSaysWhy) {
    openNeurons();
    auto settings = board().settings();
    settings.layer = 77;
    board().setSettings(settings);
    ASSERT_TRUE(settle());
    for (int column = 0; column < 3; ++column)
        EXPECT_TRUE(neurons().summaryShown(column).contains(QStringLiteral("out of range")))
            << column << neurons().summaryShown(column).toStdString();
    settings.layer = 0;
    board().setSettings(settings);
    waitForNeurons();
    EXPECT_EQ(result(1).layer, LayerIndex(0));
}

TEST_F(NeuronWindow, ASavedResultOpensBesideModelsAndWithoutAny) {
    openNeurons();
    workspace().pin(neuronOf(5));
    waitForNeurons();
    ASSERT_TRUE(settle());
    const auto file = QString::fromStdString((folder.path() / "n.h5").string());
    board().save(file);
    ASSERT_TRUE(settle());
    const auto boxes = neurons().boxes(2)->data();
    window->showPanel(window->panel<AttributionPanel>());
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    EXPECT_TRUE(neurons().isVisible()) << "the panel it belongs to comes to the front";
    EXPECT_EQ(columns()[5].name, QStringLiteral("ln-free (saved)"));
    const auto saved = neurons().boxes(5)->data();
    ASSERT_EQ(saved.categories.size(), boxes.categories.size());
    EXPECT_EQ(saved.series[0].boxes[0]->mean, boxes.series[0].boxes[0]->mean);
    for (const auto& view : neuronKind().views) {
        FigureRequest request;
        request.view = view.name;
        EXPECT_FALSE(shownFigure<NeuronViews>(workspace(), request).panels.empty());
    }
    // A pin beside the file's neurons is computed in the models, not for ever in the file.
    const auto& chosen = result(0).chosen.neurons;
    int other = 600;
    while (std::find(chosen.begin(), chosen.end(), NeuronIndex(other)) != chosen.end())
        ++other;
    workspace().pin(neuronOf(other));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(
        window->inspector().plainText().contains(QStringLiteral("not in this saved result")));
    EXPECT_FALSE(window->inspector().plainText().contains(QStringLiteral("computing")));
    workspace().unpin(neuronOf(other));
    ASSERT_TRUE(settle());
    // Everywhere else it takes no harm.
    window->showPanel(window->panel<AttributionPanel>());
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settle());

    window.reset();
    openWindow({file.toStdString()});
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 3U);
    EXPECT_TRUE(neurons().isVisible());
    EXPECT_EQ(neurons().boxes(2)->data().series[0].boxes[0]->mean, boxes.series[0].boxes[0]->mean);
    workspace().setHovered(neuronOf(result(0).chosen.neurons.front().value));
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("↑ \"")))
        << "tokens have the texts of the file: " << window->inspector().plainText().toStdString();
    FigureRequest request;
    EXPECT_FALSE(shownFigure<NeuronViews>(workspace(), request).provenance.models.empty());
    // A session brings it back.
    const auto session = workspace().session();
    ASSERT_EQ(session.results.size(), 1U);
}

TEST_F(NeuronWindow, TheFileHasTheKInView) {
    openNeurons();
    auto settings = board().settings();
    settings.nullSpace = 20;
    const auto* before = &result(0);
    board().setSettings(settings);
    ASSERT_TRUE(settle());
    EXPECT_EQ(&result(0), before) << "every k is there already";
    const auto file = folder.path() / "n.h5";
    board().save(QString::fromStdString(file.string()));
    ASSERT_TRUE(settle());
    const ResultReader reader(file);
    const auto stored = readResults<NeuronAnalysis>(reader);
    EXPECT_EQ(stored.front()->request.nullSpace, 20);
    EXPECT_NE(reader.request().find("\"null_space\":20"), std::string::npos) << reader.request();
}

} // namespace
} // namespace residuum::test
