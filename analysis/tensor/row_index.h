// Lists of rows as index tensors. Below the seam: for files that compute.
#pragma once

#include <ATen/Functions.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// [rows] int64 on the device of `like`.
inline at::Tensor rowIndex(const std::vector<std::int64_t>& rows, const at::Tensor& like) {
    return at::tensor(rows, at::TensorOptions().dtype(at::kLong)).to(like.device());
}

} // namespace residuum
