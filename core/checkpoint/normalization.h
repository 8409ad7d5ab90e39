// The normalisation sites of a model and of what kind each is. Torch-free.
// SCIENCE: every block has three sites (ln_1 as read by q,k; ln_1 as read by v; ln_2), the model
// has ln_f. Every kind is out = centre(x) ⊙ gate(x) ⊙ gain + bias over d_model; core/model/norm.h
// computes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace residuum {

/// Centred; gate 1 / sqrt(var x + eps), biased variance.
struct LayerNorm {
    double eps = 1e-5;
    friend bool operator==(const LayerNorm&, const LayerNorm&) = default;
};
/// Centred; gate 1 / sigma: an affine map (arXiv 2507.02559 sections 2-3, "FakeLN").
struct RemovedNorm {
    double sigma = 1.0;
    friend bool operator==(const RemovedNorm&, const RemovedNorm&) = default;
};
/// Not centred; gate 1 / sqrt(mean x² + eps) or, with eps outside the root,
/// 1 / (sqrt(mean x²) + eps).
struct RmsNorm {
    double eps = 1e-5;
    bool epsOutside = false;
    friend bool operator==(const RmsNorm&, const RmsNorm&) = default;
};
/// Not centred; gate tanh(alpha x) / x, per feature (arXiv 2503.10622).
struct DynamicTanh {
    double alpha = 0.5;
    friend bool operator==(const DynamicTanh&, const DynamicTanh&) = default;
};

using NormSite = std::variant<LayerNorm, RemovedNorm, RmsNorm, DynamicTanh>;

/// An epsilon of at least this marks the epsilon trick.
inline constexpr double epsilonTrickFrom = 1e6;

/// A real site of that epsilon, or what the epsilon trick means: the site is removed and sigma the
/// root (SCIENCE §1).
NormSite siteOfEpsilon(double eps);

/// Whether the mean over d_model is subtracted first.
bool centres(const NormSite& site);

/// What centre(x) is divided by where that is one number per row.
struct RowDivisor {
    bool constant = false; ///< 1 for every x: the gain then has the constant in it (foldedGain)
    double inside = 0.0, outside = 0.0;

    /// sqrt(meanSquare + inside) + outside, of the mean over d_model of centre(x)².
    double of(double meanSquare) const;
};
/// Empty where the gate is a number per feature.
std::optional<RowDivisor> rowDivisor(const NormSite& site);

/// "LayerNorm", "removed", "RMSNorm" or "DyT", as in result files.
std::string kindName(const NormSite& site);
/// For people: "LayerNorm, eps 1e-05", "removed, sigma 2.5", "RMSNorm, eps 1e-06 outside the root",
/// "DyT, alpha 0.5".
std::string siteText(const NormSite& site);

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
    std::size_t removedCount() const { return countOf("removed"); }
    /// How many sites are of the kind with this name.
    std::size_t countOf(const std::string& kind) const;
    /// Whether all sites are of one kind with the same constants.
    bool uniform() const;
    /// The one kind's name, or "mixed", as in result files.
    std::string summary() const;
    /// For people: "LayerNorm", "removed (13/13)", "mixed (5/13 removed)", "RMSNorm", "DyT",
    /// "mixed (4 LayerNorm, 3 RMSNorm)".
    std::string label() const;

    friend bool operator==(const Normalization&, const Normalization&) = default;
};

/// The names that summary() can give.
std::vector<std::string> normalizationSummaries();

} // namespace residuum
