// The patching panel in the real window.
#include "patching_window.h"
#include "widgets/panels/patching_pair_editor.h"
#include "widgets/panels/patching_views.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/prompt_editor.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

TEST_F(PatchingWindow, ComputesOnlyWhileItIsShown) {
    openDemo();
    EXPECT_EQ(workspace().board<PatchingBoard>().answer(workspace().columns()[0].id), nullptr);
    window->showPanel(window->panel<PatchingPanel>());
    waitForPatching();
    EXPECT_NE(workspace().board<PatchingBoard>().answer(workspace().columns()[0].id), nullptr);
}

TEST_F(PatchingWindow, SpacesThatLookWrongAreHintedAt) {
    openPatching();
    const auto tokenizer = workspace().tokenizer();
    const auto message = [&](const std::string& end) {
        const auto prompt = [&](const std::string& text) {
            return PromptState{QString::fromStdString(text), tokenizer->encode(text), false};
        };
        workspace().setPair(prompt("Mary went to" + end), prompt("John went to" + end),
                            *tokenizer->single(" Mary"), *tokenizer->single(" John"));
        return window->panel<PatchingPanel>().pairEditor()->message();
    };
    EXPECT_TRUE(message(" ").contains(QStringLiteral("ends in a space")));
    EXPECT_TRUE(message("").isEmpty());
}

TEST_F(PatchingWindow, ShowsExactAndEstimateOfEveryModel) {
    openPatching();
    for (int column = 0; column < 3; ++column) {
        const auto& result = *answer(column).result;
        EXPECT_NEAR(window->panel<PatchingPanel>().exactHeatmap(column)->values().at(10),
                    result.gap(0),
                    1e-3 * result.gap(0)); // layer 0, the name that differs
        EXPECT_EQ(window->panel<PatchingPanel>().exactHeatmap(column)->values().at(3), 0.0);
        EXPECT_FALSE(window->panel<PatchingPanel>().agreementShown(column).isEmpty());
        EXPECT_FALSE(window->panel<PatchingPanel>().scatter(column)->data().points.empty());
    }
    EXPECT_EQ(window->panel<PatchingPanel>().pairEditor()->aligned()->differing(),
              std::vector<int>{10});
    // Estimate minus exact below.
    const auto exact = window->panel<PatchingPanel>().exactHeatmap(0)->values();
    const auto estimate = window->panel<PatchingPanel>().estimateHeatmap(0)->values();
    window->panel<PatchingPanel>().toggleError();
    ASSERT_TRUE(settle());
    EXPECT_DOUBLE_EQ(window->panel<PatchingPanel>().estimateHeatmap(0)->values().at(10),
                     estimate.at(10) - exact.at(10));
}

TEST_F(PatchingWindow, AnEditedPromptIsPatchedAgainAndAnUnusableOneSaysWhy) {
    openPatching();
    const auto before = answer(0).result;
    auto* edit = window->panel<PatchingPanel>().pairEditor()->corruptEdit();
    const auto type = [&](const QString& text) {
        window->panel<PatchingPanel>().pairEditor()->startEditing();
        edit->setText(text);
        edit->commit();
    };
    type(QStringLiteral("Then, Mary and John went to the store. Anna gave a book to"));
    waitForPatching();
    EXPECT_NE(answer(0).result, before);
    EXPECT_NE(answer(0).result->corruptMetric, before->corruptMetric);
    EXPECT_EQ(answer(0).result->cleanMetric, before->cleanMetric);

    type(QStringLiteral("Then, Mary"));
    EXPECT_TRUE(window->panel<PatchingPanel>().pairEditor()->message().contains(
        QStringLiteral("15 tokens, the corrupted one 3")));
    EXPECT_TRUE(answer(0).stale());
    type(workspace().state().prompt.text);
    EXPECT_TRUE(window->panel<PatchingPanel>().pairEditor()->message().contains(
        QStringLiteral("are the same")));
    workspace().setVersus(std::nullopt);
    workspace().undoStack().undo();
    workspace().undoStack().undo();
    workspace().undoStack().undo();
    waitForPatching();
    EXPECT_TRUE(window->panel<PatchingPanel>().pairEditor()->message().isEmpty());
}

TEST_F(PatchingWindow, HeadsAreLinkedWithAttributionAndPositionsWithThePrompt) {
    openPatching();
    workspace().board<PatchingBoard>().setSettings(asking(PatchSite::ZAll));
    waitForPatching();
    const auto head = headOf(2, 1);
    clickAt(window->panel<PatchingPanel>().exactHeatmap(1), head);
    ASSERT_EQ(workspace().state().pins.size(), 1U);
    EXPECT_EQ(workspace().state().pins[0].thing, head);
    ASSERT_TRUE(settle());
    workspace().board<PatchingBoard>().setSettings(asking(PatchSite::AttnOut));
    waitForPatching();
    clickAt(window->panel<PatchingPanel>().exactHeatmap(1),
            Position{LayerIndex(1), PositionIndex(4)});
    EXPECT_EQ(workspace().state().position, 4);
    EXPECT_EQ(workspace().state().pins.size(), 1U);
}

/// Heads and cells of the residual stream alike: what was patched is what the inspector says.
TEST_F(PatchingWindow, TheInspectorHasPatchingsNumbers) {
    openPatching();
    auto& board = workspace().board<PatchingBoard>();
    const auto shown = [&](const Thing& thing) {
        workspace().setHovered(thing);
        return window->inspector().plainText();
    };
    const auto value = [&](int model, PatchMethod method, std::size_t cell) {
        const auto& result = *board.result(columns()[static_cast<std::size_t>(model)].id);
        return threeDigits(result.find(method, result.request.sites.front())
                               ->values(0, static_cast<Eigen::Index>(cell)));
    };
    board.setSettings(asking(PatchSite::ResidPre));
    waitForPatching();
    const auto cell = shown(Position{LayerIndex(1), PositionIndex(10)});
    EXPECT_TRUE(cell.contains(QStringLiteral("Patching"))) << cell.toStdString();
    for (int model = 0; model < 3; ++model)
        for (const auto method : {PatchMethod::Exact, PatchMethod::Attribution})
            EXPECT_TRUE(cell.contains(value(model, method, 15 + 10))) << cell.toStdString();

    board.setSettings(asking(PatchSite::ZAll));
    waitForPatching();
    const auto head = shown(headOf(2, 1));
    EXPECT_TRUE(head.contains(QStringLiteral("LN frozen"))) << "attribution's too";
    const int heads = columns()[0].model->info().config.n_heads;
    for (int model = 0; model < 3; ++model)
        EXPECT_TRUE(head.contains(
            value(model, PatchMethod::Exact, static_cast<std::size_t>(2 * heads + 1))))
            << head.toStdString();
    // Nothing knows it: it says so.
    EXPECT_TRUE(shown(TokenId(3)).contains(QStringLiteral("Nothing that is computed")));
}

TEST_F(PatchingWindow, FollowsADarkPaletteWhileRunning) {
    openPatching();
    const auto before = window->panel<PatchingPanel>().grab().toImage();
    const auto light = QApplication::palette();
    QApplication::setPalette(darkPalette());
    QTest::qWait(50);
    // For a look at it: RESIDUUM_TEST_PICTURES names a folder.
    if (const auto pictures = qEnvironmentVariable("RESIDUUM_TEST_PICTURES"); !pictures.isEmpty())
        window->grab().save(pictures + QStringLiteral("/patching-dark.png"));
    const auto after = window->panel<PatchingPanel>().exactHeatmap(0)->grab().toImage();
    EXPECT_LT(after.pixelColor(2, 2).lightness(), 128);
    EXPECT_GT(before.pixelColor(2, 2).lightness(), 128);
    QApplication::setPalette(light);
}

TEST_F(PatchingWindow, EverySiteAndEstimateShows) {
    openPatching();
    for (const auto site : allPatchSites())
        for (const auto estimate :
             {PatchMethod::Attribution, PatchMethod::IntegratedGradients, PatchMethod::AtpStar}) {
            workspace().board<PatchingBoard>().setSettings(asking(site, estimate));
            waitForPatching();
            const auto values = window->panel<PatchingPanel>().exactHeatmap(0)->values();
            ASSERT_FALSE(values.empty()) << name(site);
            for (const double value : values)
                ASSERT_FALSE(std::isnan(value)) << name(site);
            ASSERT_EQ(window->panel<PatchingPanel>().estimateHeatmap(0)->values().size(),
                      values.size());
        }
}

TEST_F(PatchingWindow, AControlChangesItsSettingAndDropsTheLockedScale) {
    openPatching();
    const auto& panel = window->panel<PatchingPanel>();
    auto& board = workspace().board<PatchingBoard>();
    auto right = asking(PatchSite::Z, PatchMethod::EapIg); // of edges
    board.setSettings(right);
    board.lockScale(2.0);
    choose(called<QComboBox>(panel, "metric at the last position"), 2);
    right.metric = PatchMetric::LogProb;
    EXPECT_EQ(board.settings(), right);
    EXPECT_FALSE(board.lockedLimit());
    choose(called<QComboBox>(panel, "direction"), 1);
    auto& normalised = called<QCheckBox>(panel, "divided by metric(clean) − metric(corrupted)");
    EXPECT_FALSE(normalised.isEnabled()) << "edges are not divided";
    choose(called<QComboBox>(panel, "estimate shown beside exact patching"), 1);
    normalised.click();
    right.direction = PatchDirection::CorruptIntoClean;
    right.normalised = true;
    right.estimate = PatchMethod::IntegratedGradients;
    EXPECT_EQ(board.settings(), right);
    choose(called<QComboBox>(panel, "lower maps"), 1);
    EXPECT_EQ(panel.shownView(), PatchingViews::error);
    EXPECT_EQ(board.settings(), right);
}

TEST_F(PatchingWindow, ExamplesFillPromptsAndAnswers) {
    openPatching();
    window->panel<PatchingPanel>().pairEditor()->useExample(QStringLiteral("agreement"));
    waitForPatching();
    EXPECT_TRUE(workspace().board<PatchingBoard>().obstacle().isEmpty());
    EXPECT_EQ(answer(0).result->cleanMetric.size(), 1U);
    workspace().undoStack().undo(); // one step
    EXPECT_TRUE(workspace().state().prompt.text.startsWith(QStringLiteral("Then, Mary")));
}

/// What a model's exact patching of a neuron is, by its name; NaN where it is not among its top.
double ofNeuron(const PatchResult& result, const std::string& neuron) {
    const auto found = std::find(result.neurons.begin(), result.neurons.end(), neuron);
    const auto* grid = result.find(PatchMethod::Exact, PatchSite::MlpPost);
    return found == result.neurons.end() ? std::nan("")
                                         : grid->values(0, found - result.neurons.begin());
}

TEST_F(PatchingWindow, DifferencesOfNeuronsAreByTheNeuron) {
    openPatching();
    workspace().board<PatchingBoard>().setSettings(asking(PatchSite::MlpPost));
    waitForPatching();
    workspace().setDifference(std::pair(0, 1));
    ASSERT_TRUE(settle());
    const auto& a = *answer(0).result;
    const auto& b = *answer(1).result;
    ASSERT_NE(a.neurons, b.neurons) << "the models' top neurons lie in different places";
    FigureRequest request;
    request.view = QStringLiteral("exact");
    const auto figure = shownFigure<PatchingViews>(workspace(), request);
    ASSERT_EQ(figure.panels.size(), 4U);
    const auto& map = std::get<HeatmapFigure>(figure.panels.back().content).data;
    const auto& shown = window->panel<PatchingPanel>().differenceHeatmap()->values();
    ASSERT_EQ(shown.size(), a.neurons.size());
    int missing = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        EXPECT_EQ(map.grid.cells[i].label.toStdString(), a.neurons[i]);
        const double right = ofNeuron(a, a.neurons[i]) - ofNeuron(b, a.neurons[i]);
        if (std::isnan(right)) {
            ++missing;
            EXPECT_TRUE(std::isnan(shown[i]) && std::isnan(map.values[i])) << a.neurons[i];
        } else {
            EXPECT_DOUBLE_EQ(shown[i], right) << a.neurons[i];
            EXPECT_DOUBLE_EQ(map.values[i], right) << a.neurons[i];
        }
    }
    ASSERT_EQ(missing, 11);
    EXPECT_TRUE(figure.caption.contains(QStringLiteral("11 of 50 cells are in original only")))
        << figure.caption.toStdString();
    EXPECT_TRUE(figure.panels.back().notes.join(QLatin1Char(' ')).contains("11 in vanilla only"));
}

TEST_F(PatchingWindow, ASavedColumnHasNoPatchingDifferenceAndTheWindowSaysSo) {
    openPatching();
    const auto file = QString::fromStdString((folder.path() / "r.h5").string());
    attribution().save(file);
    ASSERT_TRUE(settle());
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    window->showPanel(window->panel<PatchingPanel>());
    workspace().setDifference(std::pair(0, 3));
    ASSERT_NE(window->panel<PatchingPanel>().differenceHeatmap(), nullptr);
    EXPECT_TRUE(window->panel<PatchingPanel>().differenceHeatmap()->emptyText().contains(
        QStringLiteral("original (saved) is a saved result")))
        << window->panel<PatchingPanel>().differenceHeatmap()->emptyText().toStdString();
}

TEST_F(PatchingWindow, TheScrollBarHidesNoRow) {
    openPatching();
    window->resize(1280, 800);
    const auto text = QStringLiteral("Then, Mary and John went to the store. ").repeated(5);
    const auto tokens = workspace().tokenizer()->encode(text.toStdString());
    workspace().setPair({text, tokens, false}, {text, tokens, false}, *workspace().state().target,
                        *workspace().state().versus);
    QTest::qWait(50);
    auto* pair = window->panel<PatchingPanel>().pairEditor()->aligned();
    EXPECT_TRUE(pair->isFolded());
    EXPECT_LT(pair->width(), window->panel<PatchingPanel>().width());
    QTest::mouseClick(pair, Qt::LeftButton, {}, QPoint(pair->width() / 3, 5)); // unfolds
    QTest::qWait(50);
    ASSERT_GT(pair->width(), window->panel<PatchingPanel>().width());
    EXPECT_EQ(pair->visibleRegion().boundingRect().height(), pair->height());
}

} // namespace
} // namespace residuum::test
