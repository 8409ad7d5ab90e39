// The controls of the confidence-neuron panel, and how it looks.
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

TEST_F(NeuronWindow, AControlChangesItsSettingOnly) {
    openNeurons();
    auto right = board().settings();
    right.top = 500; // more than the box shows
    board().setSettings(right);
    choose(called<QComboBox>(neurons(), "ablation"), 1);
    choose(called<QComboBox>(neurons(), "what the chosen neurons are ranked by"), 2);
    choose(called<QComboBox>(neurons(), "what is shown of an ablation"), 1);
    choose(called<QComboBox>(neurons(), "what the norm is drawn against"), 1);
    choose(called<QComboBox>(neurons(), "model that chooses the neurons"), 2);
    called<QSpinBox>(neurons(), "directions of W_U that count as its null space").setValue(7);
    right.ablation = Ablation::Zero;
    right.by = NeuronRank::NullSpace;
    right.entropy = false;
    right.againstNullSpace = true;
    right.chosenOn = columns()[2].source.toStdString();
    right.nullSpace = 7;
    EXPECT_EQ(board().settings(), right);
    called<QSpinBox>(neurons(), "how many neurons are chosen").setValue(9);
    right.top = 9;
    EXPECT_EQ(board().settings(), right);
}

TEST_F(NeuronWindow, TabGoesFromLeftToRight) {
    openNeurons();
    const char* names[] = {"measure over a .txt, .jsonl or .bin file instead of the prompt",
                           "ablation",
                           "estimate every neuron of the last layer, with a bound",
                           "how many neurons are chosen",
                           "what the chosen neurons are ranked by",
                           "layer",
                           "model that chooses the neurons",
                           "what is shown of an ablation",
                           "what the norm is drawn against",
                           "directions of W_U that count as its null space"};
    QWidget* at = &called<QWidget>(neurons(), names[0]);
    for (const auto* name : names) {
        EXPECT_EQ(at, &called<QWidget>(neurons(), name)) << name;
        do
            at = at->nextInFocusChain();
        while ((at->focusPolicy() & Qt::TabFocus) == 0 || at->isHidden() || at->focusProxy());
    }
}

TEST_F(NeuronWindow, ScreeningIsOfTheLastLayerOnly) {
    openNeurons();
    auto& screen =
        called<QCheckBox>(neurons(), "estimate every neuron of the last layer, with a bound");
    auto& layer = called<QSpinBox>(neurons(), "layer");
    screen.click();
    EXPECT_TRUE(board().settings().screen);
    layer.setValue(1);
    EXPECT_EQ(board().settings().layer, 1);
    EXPECT_FALSE(board().settings().screen);
    EXPECT_FALSE(screen.isEnabled());
    auto& ablation = called<QComboBox>(neurons(), "ablation");
    choose(ablation, ablation.currentIndex());
    EXPECT_FALSE(screen.isEnabled()) << "the same again changes nothing";
    layer.setValue(layer.maximum());
    EXPECT_EQ(board().settings().layer, -1);
    EXPECT_TRUE(screen.isEnabled());
}

TEST_F(NeuronWindow, TokensAreColouredAlongThePromptAndExported) {
    openNeurons();
    const auto strips = neurons().strips()->strips();
    ASSERT_EQ(strips.blocks.size(), boxedNeurons);
    ASSERT_EQ(strips.blocks[0].rows.size(), 3U);
    EXPECT_EQ(strips.blocks[0].rows[2].name, QStringLiteral("ln-free"));
    EXPECT_EQ(strips.blocks[0].rows[2].values.size(), workspace().state().prompt.tokens.size());
    const auto there = board().activations(columns()[2].id);
    ASSERT_NE(there, nullptr);
    EXPECT_EQ(strips.blocks[0].rows[2].values[3], there->values(0, 3));
    neurons().details()->setCurrentIndex(2);
    EXPECT_EQ(neurons().shownView(), NeuronViews::activations);
    FigureRequest request;
    request.view = neurons().shownView();
    const auto figure = neurons().figure(request);
    ASSERT_EQ(figure.panels.size(), 1U);
    EXPECT_NE(figure.provenance.commands.front().find("--per-token"), std::string::npos);
    clickAt(neurons().strips(), *strips.blocks[1].thing);
    EXPECT_EQ(workspace().state().pins.front().thing, strips.blocks[1].thing);
}

TEST_F(NeuronWindow, FollowsIntoDark) {
    openNeurons();
    workspace().pin(neuronOf(result(0).chosen.neurons.front().value));
    waitForNeurons();
    const auto takePictures = [this](const QString& name) {
        const auto to = qEnvironmentVariable("RESIDUUM_TEST_PICTURES");
        for (int tab = 0; !to.isEmpty() && tab < neurons().details()->count(); ++tab) {
            neurons().details()->setCurrentIndex(tab);
            QTest::qWait(30);
            window->grab().save(to + QStringLiteral("/neurons-%1-%2.png").arg(name).arg(tab));
        }
    };
    takePictures(QStringLiteral("light"));
    window->setPalette(darkPalette());
    QTest::qWait(50);
    const auto picture = window->grab().toImage();
    EXPECT_LT(picture.pixelColor(picture.width() / 4, picture.height() - 60).lightnessF(), 0.5);
    takePictures(QStringLiteral("dark"));
}

} // namespace
} // namespace residuum::test
