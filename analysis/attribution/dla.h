// Direct logit attribution with LN frozen and direct effect with LN recomputed (SCIENCE §2;
// arXiv 2507.02559 section 4).
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/attribution/dla_result.h"
#include "analysis/inputs/token_input.h"
#include "analysis/question/job.h"
#include "core/model/model.h"

#include <memory>

namespace residuum {

/// Attributes the target's logit at the asked positions of every sequence to every component.
/// No [pos, head, d_model] tensor is built: O(d_head²) per head and position beyond two products
/// with W_O. Of one sequence at all positions the row of the position that is looked at is
/// published before the logits elsewhere are computed; it equals the whole's up to rounding. Of
/// several sequences those that are done are published meanwhile, without NMAE. Throws
/// Error (empty input, sequence longer than n_ctx, token outside the vocabulary, no following token
/// for TargetRule::Next, …) and Cancelled.
std::shared_ptr<const DlaResult> attributeLogits(const Model& model, const TokenInput& input,
                                                 const DlaRequest& request, Job<DlaResult> job);

} // namespace residuum
