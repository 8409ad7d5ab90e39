// A model goes on writing a prompt, token by token.
#pragma once

#include "analysis/generation/generation_result.h"
#include "analysis/inputs/token_input.h"
#include "analysis/question/job.h"
#include "core/model/model.h"

#include <memory>

namespace residuum {

/// `input`: one sequence, with room in the model's context behind it. Publishes what is written so
/// far some times a second and stops between tokens. Throws Error, Cancelled.
std::shared_ptr<const GenerationResult> generate(const Model& model, const TokenInput& input,
                                                 const GenerationRequest& request,
                                                 Job<GenerationResult>& job);

} // namespace residuum
