// How well an estimate agrees with exact patching of the same thing (SCIENCE §3).
//
// Shapes: prompt = pair of prompts, cell = place in a site.
#pragma once

#include "analysis/patching/patch_result.h"

#include <vector>

namespace residuum {

struct WorstCell {
    Eigen::Index prompt = 0;
    Eigen::Index cell = 0;
    double exact = 0.0, estimate = 0.0;
};

/// Over all cells of all prompts that both have (no NaN) and that some patch could change: cells
/// that are exactly 0 in both are left out of everything but the errors' sums.
struct Agreement {
    std::size_t cells = 0;  ///< compared
    double pearson = 0.0;   ///< NaN where either is constant
    double spearman = 0.0;  ///< ranks averaged over ties; NaN likewise
    double meanError = 0.0; ///< mean |exact - estimate| over the compared cells
    double meanExact = 0.0; ///< mean |exact| over the same
    /// Per layer: Σ |exact - estimate| over its cells, mean and standard deviation (n - 1) over
    /// prompts. Empty for neurons.
    std::vector<double> layerError, layerErrorDeviation;
    std::vector<WorstCell> worst; ///< largest |exact - estimate| first
};

/// `magnitudes`: the estimate has no sign (AtP*), so it is compared with |exact|.
Agreement agreementOf(const PatchGrid& exact, const PatchGrid& estimate, bool magnitudes,
                      std::size_t worstCells = 10);

struct AgreementRow {
    PatchSite site;
    PatchMethod method;
    Agreement agreement;
};

/// Every estimate of a result that has its exact twin.
std::vector<AgreementRow> agreementTable(const PatchResult& result);

/// Mean of a grid's cells over prompts, ignoring NaN, and standard deviation (n - 1; 0 for one).
struct GridSpread {
    Table mean, deviation; ///< [1, cell]
};
GridSpread spreadOf(const Table& values);

/// "L3 pos 11", "L2H7 pos 4", "L2H7", or the neuron's label.
std::string cellLabel(const PatchGrid& grid, const PatchResult& result, Eigen::Index cell);

} // namespace residuum
