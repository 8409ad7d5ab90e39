// A document's beginning, as models express it.
#pragma once

#include "analysis/question/beginning.h"
#include "core/checkpoint/config.h"
#include "core/tokenizer/tokenizer.h"
#include "widgets/workspace/workspace_state.h"

namespace residuum {

/// Without pins, at the prompt's last position. `tokenizer` may be null. Throws Error and
/// UsageError naming the option of the command line that cannot be expressed, as the subcommands
/// do.
WorkspaceState begun(const Beginning& beginning, const Tokenizer* tokenizer,
                     const ModelConfig& narrowest);

} // namespace residuum
