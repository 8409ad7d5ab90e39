// Lists of rows as index tensors. For files that compute.
#pragma once

#include <ATen/Functions.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// [rows] int64 on the device of `like`. To a CUDA device they go without waiting for it: passes
/// hand it several lists per layer, and each wait would let it run idle.
inline at::Tensor rowIndex(const std::vector<std::int64_t>& rows, const at::Tensor& like) {
    const auto here = at::tensor(rows, at::TensorOptions().dtype(at::kLong));
    if (!like.device().is_cuda())
        return here.to(like.device());
    // Pinned memory is kept by its allocator until the copy is done.
    return here.pin_memory().to(like.device(), /*non_blocking=*/true);
}

} // namespace residuum
