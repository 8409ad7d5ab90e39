// What follows from edges' scores: the best edges patched exactly, and the circuits they make.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/circuit.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/patching/patch_division.h"
#include "analysis/patching/patch_result.h"

#include <cstddef>
#include <vector>

namespace residuum {

/// What edges take, by the `seconds` that the runs of the first group took; `scored`: the scores
/// are there.
EdgesAhead edgesAhead(const PatchGroup& group, const PairTokens& pairs, const PatchRequest& request,
                      double seconds, bool scored);

/// The scores of what was begun before, of the same pairs and method, where it has them all.
bool takeUpScores(const PatchResult& begun, PatchResult& result);

class EdgeStudy {
  public:
    /// Takes the edges by the scores over all pairs that `result` has, and makes room in it.
    EdgeStudy(const PatchRequest& request, PatchResult& result);

    bool asked() const { return request_.checkEdges > 0 || !request_.faithfulness.empty(); }
    /// The group's pairs are `members` of the request's. Throws Cancelled.
    void add(const PatchGroup& group, const std::vector<std::size_t>& members,
             const Division& division, Progress& progress);

  private:
    void check(const PatchGroup& group, const std::vector<std::size_t>& members,
               const Division& division, Progress& progress);
    void keep(const PatchGroup& group, const std::vector<std::size_t>& members,
              const Division& division, Progress& progress);

    const PatchRequest& request_;
    const ModelConfig config_;
    PatchResult& result_;
    std::vector<std::vector<EdgePlace>> ranked_; ///< of each table of scores, as many as are needed
};

} // namespace residuum
