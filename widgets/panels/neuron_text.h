// What is told of neurons in words and coloured tokens, as HTML for a text view.
#pragma once

#include "widgets/panels/neuron_board.h"
#include "widgets/panels/neuron_figures.h"
#include "widgets/prompt/token_display.h"

#include <QPalette>
#include <QString>

#include <vector>

namespace residuum {

/// One model's part of a text.
struct NeuronTextColumn {
    QString name;
    const NeuronAnswer* answer = nullptr;
    TokenNames tokens;
    bool saved = false; ///< of a file: what it does not hold is not computed either
};

/// What is known of a neuron beside its weights and the effect that is shown: its activation, the
/// other effect, the tokens it promotes and suppresses, and the dataset's tokens it is most active
/// on, in context, model by model. Links name neurons.
QString neuronText(const std::vector<NeuronTextColumn>& columns, const Neuron& neuron, bool pinned,
                   const NeuronView& view, const QPalette& palette);
/// The followed neurons with the largest effect in any model, with every model's.
QString strongestNeurons(const std::vector<NeuronTextColumn>& columns, const NeuronView& view);

} // namespace residuum
