// Which of a dataset's sequences have what a request asks for.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/inputs/input_request.h"

namespace residuum {

/// With TargetRule::Next, sequences that end without a following token are asked at their last
/// scored position: their last token becomes the following one, at the last position and at all.
/// Sequences that lack the position asked for, or a token after it, are left out and accounted for.
/// Prompts and ids given directly stay as they are. Throws Error where nothing is left.
PromptInput fitted(PromptInput input, const DlaRequest& request);

} // namespace residuum
