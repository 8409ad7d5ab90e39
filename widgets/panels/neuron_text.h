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

/// The neuron's numbers, the tokens it promotes and suppresses, and the dataset's tokens it is most
/// active on, in context, model by model.
QString neuronText(const std::vector<NeuronTextColumn>& columns, NeuronIndex neuron, bool pinned,
                   const NeuronView& view, const QPalette& palette);

} // namespace residuum
