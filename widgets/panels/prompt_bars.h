// What is shown under the prompt's tokens.
#pragma once

#include <QString>

#include <vector>

namespace residuum {

/// A number of every position of the prompt, as bars under its tokens.
struct PromptBars {
    std::vector<double> bars; ///< 0 … 1; NaN: none
    QString meaning;          ///< in a sentence; "": there are none
};

} // namespace residuum
