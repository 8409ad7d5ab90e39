// Where a model's numbers stop being finite, in words.
#pragma once

#include "core/model/model.h"
#include "core/task/progress.h"

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace residuum {

/// tokens: [1, T], of which the logits at `position` are not finite. `sequence`: what they are
/// called. Runs the model once more. Throws Error naming the model, the layer and the position at
/// which its residual stream is not finite first.
[[noreturn]] void throwNotFinite(const Model& model, const at::Tensor& tokens,
                                 std::int64_t position, const std::string& sequence,
                                 const Progress& progress);

} // namespace residuum
