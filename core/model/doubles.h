// Float64 where a device has it.
#pragma once

#include <ATen/core/Tensor.h>

namespace residuum {

/// `t` where its elements can be widened to float64: as it is, or a copy on the CPU where its own
/// device has no float64 (mps).
inline at::Tensor whereDoublesAre(const at::Tensor& t) {
    return t.device().is_mps() ? t.cpu() : t;
}

/// `t` in float64, there.
inline at::Tensor inDouble(const at::Tensor& t) {
    return whereDoublesAre(t).to(at::kDouble);
}

} // namespace residuum
