// The confidence-neuron panel in the real window.
#pragma once

#include "widgets/panels/neuron_panel.h"
#include "window_fixture.h"

namespace residuum::test {

class NeuronWindow : public WindowTest {
  protected:
    void openNeurons() {
        openDemo();
        window->showPanel(window->panel<NeuronPanel>());
        waitForNeurons();
    }
    void waitForNeurons() {
        ASSERT_TRUE(waitFor([this] {
            if (workspace().busy())
                return false;
            for (const auto& column : columns()) {
                const auto* answer = board().answer(column.id);
                if (answer == nullptr || !answer->result || answer->stale())
                    return false;
            }
            return true;
        }));
    }
    NeuronBoard& board() { return workspace().board<NeuronBoard>(); }
    NeuronPanel& neurons() { return window->panel<NeuronPanel>(); }
    const NeuronResult& result(int column) {
        return *board().answer(columns()[static_cast<std::size_t>(column)].id)->result;
    }
    static Thing neuronOf(int neuron) { return Neuron{LayerIndex(3), NeuronIndex(neuron)}; }
};

} // namespace residuum::test
