// Effects of patching, per method and site. Plain data, immutable once made.
//
// Shapes: prompt = pair of prompts; cell = place in a site, see PatchGrid::shape.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/patch_request.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model_info.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

/// One site by one method. Values are m(patched) - m(base) (exact) or its estimate, in the metric's
/// unit; NaN: a position beyond the prompt's end, or a cell not computed yet.
struct PatchGrid {
    PatchMethod method = PatchMethod::Exact;
    PatchSite site = PatchSite::ResidPre;
    /// Of one prompt: [layer, pos], [layer, head, pos], [layer, head] or [neuron].
    std::vector<std::int64_t> shape;
    Table values; ///< [prompt, cells flattened row-major]
};

/// Edges between senders and receivers, over all prompts: mean and standard deviation (over n - 1).
struct EdgeGrid {
    PatchMethod method = PatchMethod::Eap;
    std::vector<std::string> senders, receivers;
    Table mean, deviation; ///< [sender, receiver]; NaN where there is no such edge
    /// Of the edges with the largest |mean|, as asked for: "L0H1 to L1H3.q", and what patching each
    /// alone does, m(patched) - m(base).
    std::vector<std::string> checked;
    Table exact;           ///< [prompt, edge]
    std::size_t pairs = 1; ///< that mean, deviation and exact are of
    Table kept; ///< [prompt, size]: the metric with so many of the best edges kept, see Circuits
};

/// "L0H1 to L1H3.q", of places in a table of scores.
std::string edgeLabel(const EdgeGrid& edges, std::size_t sender, std::size_t receiver);
/// The inverse; empty: the table has no such edge.
std::optional<std::pair<std::size_t, std::size_t>> edgeNamed(const EdgeGrid& edges,
                                                             const std::string& label);

/// What circuits of growing size make of the metric, all other edges carrying the corrupted run's
/// values. Empty: not asked for.
struct Circuits {
    std::vector<std::int32_t> sizes; ///< edges kept
    std::int32_t draws = 0;          ///< random circuits of each size
    Table random;                    ///< [prompt, size × draw], their metric
};

/// What replacing one sender's output in receivers' inputs did.
struct PathEffects {
    std::vector<std::string> receivers; ///< each by itself; last, where several, "together"
    Table values;                       ///< [prompt, receiver]
};

/// What exact patching of a choice of cells would still take, as timed on this model.
struct ExactAhead {
    ExactCells choice;
    std::int64_t cells = 0;   ///< that it is, of all sites
    std::int64_t missing = 0; ///< of these
    double seconds = 0.0;
};

/// What edges would still take, in seconds, as timed on this model.
struct EdgesAhead {
    double scores = 0.0;
    double study = 0.0; ///< patching the best exactly, running circuits
};

struct PatchResult {
    ModelInfo model;
    PatchRequest request;
    std::vector<double> cleanMetric, corruptMetric; ///< [prompt]
    std::vector<int> lengths;                       ///< tokens [prompt]; none: all the same
    PairRoles roles;                                ///< of the pairs, where they are known
    std::vector<PatchGrid> grids;
    std::vector<std::string> neurons; ///< of mlp_post, "L3N1234", by |attribution|
    std::vector<EdgeGrid> edges;
    Circuits circuits;
    PathEffects path;
    std::vector<ExactAhead>
        ahead; ///< of all prompts, this moment and machine, so in no file; none: not timed
    std::optional<EdgesAhead> edgesAhead; ///< likewise

    const PatchGrid* find(PatchMethod method, PatchSite site) const;
    /// m(clean) - m(corrupted) of a prompt: what normalised values are divided by.
    double gap(std::size_t prompt) const { return cleanMetric[prompt] - corruptMetric[prompt]; }
};

/// The same of one prompt alone, whose length in tokens is `length`; what is over all prompts
/// stays.
std::shared_ptr<const PatchResult> onlyPair(const std::shared_ptr<const PatchResult>& result,
                                            std::size_t prompt, std::size_t length);

/// How far two values of the metric must be apart to be told apart: what rounding in the precision
/// computed in may make of a metric of the prompt's size.
double gapResolution(const PatchResult& result, std::size_t prompt);

/// Prompts whose clean and corrupted metric differ by no more than rounding does, or by less than
/// 1e-4 of the set's median |gap|, so that their own values divided by their gap mean nothing.
std::vector<std::size_t> promptsWithoutGap(const PatchResult& result);

/// Why a prompt's effects say little about its task, which the model does not do, in a few words;
/// "": it does.
std::string taskProblem(const PatchResult& result, std::size_t prompt);

/// Values divided by each prompt's own gap (means over pairs are ratios of means instead, see
/// pair_statistics.h); NaN throughout for a prompt without one.
Table normalised(const PatchGrid& grid, const PatchResult& result);

} // namespace residuum
