// How wrong DLA is: its normalised mean absolute error against the direct effect (SCIENCE §2;
// arXiv 2507.02559 section 4.1).
#pragma once

#include "analysis/attribution/dla_result.h"

namespace residuum {

/// dla, directEffect: [component, row] of a model with n_layers × n_heads heads. Resampling units
/// are the sequences or, where there is only one, its rows. 95 % percentile interval from
/// `request.bootstrapResamples` resamples of heads and units (std::mt19937_64 seeded with
/// `request.seed`); none when that is 0 or there is one unit only.
Nmae computeNmae(const Table& dla, const Table& directEffect,
                 const std::vector<AttributionRow>& rows, int n_layers, int n_heads,
                 const DlaRequest& request);

/// 100 · error / magnitude, of sums or means; NaN where the magnitude is 0.
double nmaePercent(double error, double magnitude);

} // namespace residuum
