// What stands between an MLP's two products, and its derivative.
#pragma once

#include "core/checkpoint/config.h"

namespace at {
class Tensor;
}

namespace residuum {

/// mlp.hook_post of mlp.hook_pre, elementwise.
at::Tensor activate(const at::Tensor& pre, Activation activation);
/// d loss / d pre. gradient: d loss / d post. A ReLU has the derivative 0 at 0.
at::Tensor activateBackward(const at::Tensor& gradient, const at::Tensor& pre,
                            Activation activation);

} // namespace residuum
