// Whether LibTorch's autograd is to see an operation.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <initializer_list>

namespace residuum {

/// Whether a gradient is wanted of any operand: kernels that write into tensors of their own would
/// lose it without a word. Undefined tensors want none.
inline bool needsGraph(std::initializer_list<at::Tensor> operands) {
    if (!at::GradMode::is_enabled())
        return false;
    for (const auto& operand : operands)
        if (operand.defined() && operand.requires_grad())
            return true;
    return false;
}

} // namespace residuum
