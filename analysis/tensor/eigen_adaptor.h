// The one place where a tensor becomes an Eigen array: the seam between computing and everything
// that shows, stores or compares.
#pragma once

#include <Eigen/Core>

namespace at {
class Tensor;
}

namespace residuum {

using Table = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A copy of a [rows, columns] float64 CPU tensor; contiguous or not. Throws std::logic_error for
/// any other device, dtype or rank: converting is the caller's decision.
Table toTable(const at::Tensor& tensor);

} // namespace residuum
