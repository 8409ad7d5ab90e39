// What is asked of patching. Plain data.
#pragma once

#include "analysis/patching/patch_site.h"
#include "core/index.h"

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

/// As many neurons as are patched exactly unless asked for otherwise.
inline constexpr int usualNeurons = 50;
/// Steps of integrated gradients (midpoint rule).
inline constexpr int usualSteps = 10;

/// Path patching's edge (component labels, e.g. "L0H5", "L3.mlp", "embed").
struct PathRequest {
    std::string sender;
    /// "L2H3.q", "L2H3.k", "L2H3.v", "L2H3" (all three), "L3.mlp", "logits".
    std::vector<std::string> receivers;

    friend bool operator==(const PathRequest&, const PathRequest&) = default;
};

struct PatchRequest {
    std::vector<PatchSite> sites{PatchSite::ResidPre};
    std::vector<PatchMethod> methods{PatchMethod::Attribution, PatchMethod::Exact};
    PatchMetric metric = PatchMetric::LogitDiff;
    PatchDirection direction = PatchDirection::CleanIntoCorrupt;
    int neurons = usualNeurons; ///< how many of the top ones mlp_post patches; at most all
    int steps = usualSteps;     ///< of ig and eap-ig
    PathRequest path;           ///< with PatchMethod::Path

    bool asks(PatchMethod method) const;
    friend bool operator==(const PatchRequest&, const PatchRequest&) = default;
};

/// How much a computation may hold at once; part of no key, since it changes no number beyond
/// rounding.
struct PatchLimits {
    std::int64_t bytes = std::int64_t{1} << 30; ///< beyond the weights
};

} // namespace residuum
