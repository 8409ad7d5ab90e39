#include "analysis/neurons/neuron_input.h"

namespace residuum {

PromptInput accounted(PromptInput input) {
    const auto& lines = input.account.sourceLines;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (input.tokens.sequences[i].tokens.size() < 2)
            input.account.leftOut.push_back({lines[i], "has one token, so none to predict"});
    return input;
}

} // namespace residuum
