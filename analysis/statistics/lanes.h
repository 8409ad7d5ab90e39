// Some cells whose numbers are summed at once. Internal.
#pragma once

#include <Eigen/Core>

#include <vector>

namespace residuum {

/// A sample's numbers of so many cells are one cache line.
inline constexpr Eigen::Index lane = 8;
using Lane = Eigen::Array<double, lane, 1>;
using Lanes = std::vector<Lane, Eigen::aligned_allocator<Lane>>; ///< [sample]

} // namespace residuum
