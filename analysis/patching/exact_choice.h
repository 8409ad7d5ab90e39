// Which cells are patched exactly, in which order, and what they cost.
//
// Whatever is there of a sweep that is not done is a fair sample: cells come in a shuffled order
// that is a function of the request alone. Since cells of one layer share a resumed pass, what is
// shuffled are units of a few cells of one layer, themselves drawn anywhere in it.
#pragma once

#include "analysis/patching/patch_result.h"
#include "analysis/patching/site_cells.h"

#include <cstdint>
#include <vector>

namespace residuum {

/// A cell of one of a group's pairs.
struct PairCell {
    SiteCell cell;
    std::int64_t pair = 0; ///< in the group
};

/// Every cell of the sites of `pairs` pairs of one length, in the order in which they are patched.
std::vector<PairCell> exactOrder(const std::vector<PatchSite>& sites, const ModelConfig& config,
                                 std::int64_t length, int width,
                                 const std::vector<NeuronPlace>& neurons, std::size_t pairs);

/// A cell whose patch can change the metric, and the matrix products that it takes.
struct CostlyCell {
    SiteCell cell;
    double flop = 0.0;
};

/// Of one pair whose prompts differ from position `firstDifferent` on; `unembedFlop`: of a metric.
std::vector<CostlyCell> costlyCells(const std::vector<PatchSite>& sites, const ModelConfig& config,
                                    std::int64_t length, std::int64_t firstDifferent, int width,
                                    const std::vector<NeuronPlace>& neurons, double unembedFlop);

/// Of each site the `top` with the largest |estimate| of the result's first pair, the earlier ones
/// where several are as large; 0: all. `cells` as costlyCells gives them.
std::vector<CostlyCell> mostImportant(const std::vector<CostlyCell>& cells,
                                      const PatchResult& result, PatchMethod estimate, int top);
/// The same at most, while there are no estimates: the costliest.
std::vector<CostlyCell> mostCostly(const std::vector<CostlyCell>& cells, int top);

/// How many cells are offered where all take long.
inline constexpr int usualTop = 200;

/// What is missing in the result's first pair: of its request first, then of usualTop and of all
/// where these are something else.
std::vector<ExactAhead> exactAhead(const std::vector<CostlyCell>& cells, const PatchResult& result,
                                   double secondsPerFlop);

} // namespace residuum
