// The inspector is as wide as it needs to be, whatever it shows.
#include "neuron_window.h"

#include <QDockWidget>

#include <map>

namespace residuum::test {
namespace {

class InspectorWindow : public NeuronWindow {
  protected:
    /// Places of all that is seen but of the inspector's own parts.
    std::map<const QWidget*, QRect> places() {
        std::map<const QWidget*, QRect> places;
        for (const auto* widget : window->findChildren<QWidget*>())
            if (widget->isVisible() && !window->inspector().isAncestorOf(widget))
                places[widget] = QRect(widget->mapTo(window.get(), QPoint(0, 0)), widget->size());
        return places;
    }
    void hover(const std::optional<Thing>& thing) {
        workspace().setHovered(thing);
        QTest::qWait(30);
    }
    void expectSteady(const std::vector<Thing>& things) {
        hover(std::nullopt);
        const auto before = places();
        for (const auto& thing : things) {
            hover(thing);
            EXPECT_EQ(places(), before) << label(thing);
            EXPECT_LE(window->inspector().wantedWidth(), window->inspector().numbersWidth())
                << label(thing) << ": a column is cut";
        }
        hover(std::nullopt);
        EXPECT_EQ(places(), before);
    }
};

TEST_F(InspectorWindow, NothingMovesAndNothingIsCutAtAnySize) {
    openDemo();
    const std::vector<Thing> things{headOf(0, 0), headOf(2, 3),
                                    Component{ComponentKind::Mlp, LayerIndex(3), {}},
                                    Component{ComponentKind::PosEmbed, {}, {}}};
    for (const auto size : {QSize(1280, 800), QSize(1120, 700)}) {
        window->resize(size);
        QTest::qWait(50);
        ASSERT_EQ(window->size(), size) << "the window fits into it";
        expectSteady(things);
    }
}

TEST_F(InspectorWindow, NeuronsHaveRoomToo) {
    openNeurons();
    for (const auto size : {QSize(1280, 800), QSize(1120, 700)}) {
        window->resize(size);
        QTest::qWait(50);
        ASSERT_EQ(window->size(), size);
        const int chosen = result(0).chosen.neurons.front().value;
        expectSteady({neuronOf(chosen), neuronOf(1), neuronOf(639)});
    }
}

} // namespace
} // namespace residuum::test
