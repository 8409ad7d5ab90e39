// How much of what the model does its best edges do alone (SCIENCE, "Many prompts").
#pragma once

#include "analysis/patching/agreement.h"
#include "analysis/statistics/percentile.h"

#include <optional>
#include <vector>

namespace residuum {

/// Σ(m(kept) - m(corrupted)) / Σ(m(clean) - m(corrupted)) over pairs, per column of `kept`
/// [prompt, column]: 1 with all edges, 0 with none. Pairs that lack a value are left out; NaN where
/// none is left, or the gaps add up to no more than rounding makes of them.
std::vector<double> faithfulnessOf(const Table& kept, const PatchResult& result);

/// Of a table of scores, at each of the result's sizes; `random`: [size], mean over draws.
struct FaithfulnessCurve {
    std::vector<double> kept, random;
    std::vector<double> randomLow, randomHigh; ///< of the draws, the least and the largest
};
FaithfulnessCurve faithfulnessCurve(const EdgeGrid& edges, const PatchResult& result);

/// Estimate and exact effect of the edges that were patched, means over prompts.
struct CheckedEdge {
    std::string label; ///< "L0H1 to L1H3.q"
    double estimate = 0.0, exact = 0.0;
};
std::vector<CheckedEdge> checkedEdges(const EdgeGrid& edges);

/// 95 % intervals by bootstrap over pairs, as the result's request has them drawn, of what patching
/// each checked edge alone does, and of the faithfulness at each size. None of one pair.
std::vector<Interval> exactIntervals(const EdgeGrid& edges, const PatchResult& result);
std::vector<Interval> keptIntervals(const EdgeGrid& edges, const PatchResult& result);

/// Of estimates with exact effects, over the edges that were patched; empty: none was.
std::optional<Agreement> edgeAgreement(const std::vector<CheckedEdge>& edges);

} // namespace residuum
