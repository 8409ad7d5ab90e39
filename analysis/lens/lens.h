// The logit lens (SCIENCE §5): ln_f and the unembedding on every point of the residual stream.
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/lens/lens_result.h"
#include "analysis/question/job.h"
#include "core/model/model.h"

#include <memory>

namespace residuum {

/// Throws Error: a position that a sequence lacks, a token outside the vocabulary, more top tokens
/// than there are, a stream that is no finite number, named with its point and position; Cancelled.
std::shared_ptr<const LensResult> readLens(const Model& model, const TokenInput& input,
                                           const LensRequest& request, Job<LensResult>& job);

/// Bytes that one token's streams take.
std::int64_t bytesPerToken(const ModelInfo& model, const LensRequest& request);

} // namespace residuum
