// Which of an input's sequences a study of neurons can use.
#pragma once

#include "analysis/inputs/input_request.h"

namespace residuum {

/// `input`, with the sequences of a dataset that have no next token to predict accounted for as
/// left out. They stay among the tokens; nothing is measured there.
PromptInput accounted(PromptInput input);

} // namespace residuum
