// Float64 where a device has it; float32 at least where numbers are summed.
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

/// `t` in float64 on the CPU, widened there: fewer bytes to bring, of any device.
inline at::Tensor doublesOnCpu(const at::Tensor& t) {
    return t.cpu().to(at::kDouble);
}

/// `t` itself in float32 and float64, else a copy in float32: sums, roots and softmax lose too much
/// in fewer digits.
inline at::Tensor inAtLeastFloat(const at::Tensor& t) {
    return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat);
}

/// Sums over `dims` in float64. Where the device has none, only the sums leave it, in float32 at
/// least.
inline at::Tensor sumInDouble(const at::Tensor& t, at::IntArrayRef dims) {
    if (t.device().is_mps())
        return doublesOnCpu(inAtLeastFloat(t).sum(dims));
    return t.sum(dims, /*keepdim=*/false, at::kDouble);
}

} // namespace residuum
