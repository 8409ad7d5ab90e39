// How far DLA misjudges what components do, where one looks: heads and MLPs apart (SCIENCE §2).
#pragma once

#include "analysis/attribution/dla_result.h"

#include <optional>

namespace residuum {

/// A direct effect below it has no sign that matters, in logits.
inline constexpr double signThreshold = 0.05;

/// DLA (LN frozen) against the direct effect (LN recomputed), over components and rows.
struct Misjudgement {
    double heads = 0.0, mlps = 0.0; ///< NMAE in percent; NaN where every direct effect is 0
    /// Heads and MLPs (of each row) whose DLA and direct effect have opposite signs, the direct
    /// effect being larger than signThreshold; of how many.
    int signChanges = 0, compared = 0;
};

/// Over one row of the result, or over all. `row`: below the number of rows.
Misjudgement misjudgement(const DlaResult& result, std::optional<int> row = std::nullopt);

} // namespace residuum
