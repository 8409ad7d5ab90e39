// What is told of neurons in words and coloured tokens, as HTML for a text view.
#pragma once

#include "widgets/panels/neuron_figures.h"
#include "widgets/workspace/neuron_board.h"

#include <QPalette>
#include <QString>

#include <vector>

namespace residuum {

/// One model's part of a text.
struct NeuronTextColumn {
    QString name;
    const NeuronAnswer* answer = nullptr;
    const PromptActivations* activations = nullptr;
};

/// The prompt's tokens coloured by the neuron's activation, models under each other, one scale.
QString promptText(const std::vector<NeuronTextColumn>& columns, NeuronIndex neuron,
                   const std::vector<TokenId>& tokens, const Tokenizer* tokenizer,
                   const QPalette& palette);

/// The neuron's numbers, the tokens it promotes and suppresses, and the dataset's tokens it is most
/// active on, in context, model by model.
QString neuronText(const std::vector<NeuronTextColumn>& columns, NeuronIndex neuron,
                   const NeuronView& view, const Tokenizer* tokenizer, const QPalette& palette);

} // namespace residuum
