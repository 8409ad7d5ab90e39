// The normalisation sites of a model and how each is computed. Torch-free.
// SCIENCE: every block has three sites (ln_1 as read by q,k; ln_1 as read by v; ln_2), the model
// has ln_f. arXiv 2507.02559 sections 2-3 ("FakeLN").
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace residuum {

/// How one site normalises x over d_model.
///   LayerNorm: (x - mean x) / sqrt(var x + eps) · gain + bias   (biased variance)
///   removed:   (x - mean x) / sigma             · gain + bias   (an affine map)
struct NormSite {
    bool removed = false;
    double eps = 1e-5;  ///< of a real site
    double sigma = 1.0; ///< of a removed site; what hook_scale shows there

    friend bool operator==(const NormSite&, const NormSite&) = default;
};

struct BlockNorms {
    NormSite ln1_qk; ///< ln_1 as read by queries and keys
    NormSite ln1_v;  ///< ln_1 as read by values
    NormSite ln2;

    friend bool operator==(const BlockNorms&, const BlockNorms&) = default;
};

struct Normalization {
    std::vector<BlockNorms> blocks; ///< one per layer
    NormSite ln_f;
    /// Where the sites are not known (result files of older versions): what summary() says.
    std::string summaryOnly;

    std::size_t siteCount() const { return 3 * blocks.size() + 1; }
    std::size_t removedCount() const;
    /// "LayerNorm", "removed" or "mixed", as in result files.
    std::string summary() const;
    /// For people: "LayerNorm", "removed (13/13)", "mixed (5/13 removed)".
    std::string label() const;
};

} // namespace residuum
