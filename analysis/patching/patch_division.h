// How pairs and patches share passes within a memory limit, and what they cost.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/patch_result.h"
#include "analysis/patching/site_cells.h"
#include "core/model/weights.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace residuum {

/// Progress advances by one per this many FLOP.
inline constexpr double flopPerStep = 1e6;

/// Half of the memory is for what runs leave behind, the rest for batches of patches.
class Division {
  public:
    Division(const Weights& weights, const PatchRequest& request, const PatchLimits& limits);

    /// Everything that a pair of `length` tokens keeps while its group is worked on.
    std::int64_t bytesPerPair(std::int64_t length) const;
    /// Logits of a few runs at once, and their logarithms in float64.
    std::int64_t unembeddingBytes() const;
    std::int64_t pairsPerGroup(std::int64_t length) const;
    void atMost(std::int64_t pairs) { mostPairs_ = pairs; }
    /// How many groups that makes.
    std::int64_t groups(const std::map<int, std::vector<std::size_t>>& lengths) const;
    std::int64_t batchRows(std::int64_t length) const;
    /// Of one batch of exact patches or of circuits, at most.
    std::int64_t batchBytes(const PatchRequest& request, std::int64_t length) const;
    /// Beside what runs leave behind.
    std::int64_t workBytes() const { return half_; }
    /// What is kept of edges over all pairs.
    std::int64_t edgeTableBytes() const;

  private:
    std::int64_t elementBytes() const;

    const Weights& weights_;
    bool gradients_;
    std::int64_t edgeMethods_; ///< of eap and eap-ig
    std::int64_t edgeScores_;  ///< tables of scores held per pair
    std::int64_t vocabulary_;  ///< 0 where the metric does not need all of it
    std::int64_t half_;
    std::int64_t mostPairs_ = 256; ///< of a group
};

/// Places of pairs by their number of tokens.
std::map<int, std::vector<std::size_t>> pairsByLength(const PairTokens& pairs);

/// FLOP of the unembedding per run; 0 where the metric needs two of its columns only.
double unembedFlop(const PatchRequest& request, const ModelConfig& config);
/// FLOP of one forward pass over `tokens` positions, without the unembedding.
double passFlop(const ModelConfig& config, double tokens);
/// Forward and backward passes of one pair beside its exact patches, for progress.
double passesOf(const PatchRequest& request, const ModelConfig& config);
/// What all passes and exact patches of a request take at most, what of it the patches do, and what
/// of these are exact cells that `begun` (or null) has already.
struct TotalFlop {
    double all = 0.0, exact = 0.0, begun = 0.0;
};
TotalFlop totalFlop(const PairTokens& pairs, const PatchRequest& request, const ModelConfig& config,
                    const PatchResult* begun);
/// Where exact cells take no more than the runs that estimates need, all estimates first would have
/// most of the work done twice: groups of so many pairs, tenths of a second each, are done with one
/// by one instead. Empty: not so. The same in window and command line, since products round by the
/// number of their rows.
std::optional<std::int64_t> quickGroup(const TotalFlop& flop, const PatchRequest& request,
                                       std::size_t pairs);
/// What one pair's edges take to be patched exactly and its circuits to be run, at most.
double edgeStudyFlop(const PatchRequest& request, const ModelConfig& config, std::int64_t length,
                     std::int64_t firstDifferent);
/// As many neurons as were asked for, or as the model has.
int patchedNeurons(const PatchRequest& request, const ModelConfig& config);
/// As many neurons as are patched, where they are not known yet.
std::vector<NeuronPlace> someNeurons(const PatchRequest& request, const ModelConfig& config);

} // namespace residuum
