// Pairs of unequal length put together: which position of each pair a column of a mean shows.
#pragma once

#include "analysis/patching/patch_result.h"

#include <string>
#include <vector>

namespace residuum {

enum class ColumnsBy {
    Position, ///< all pairs are equally long: column = position
    Role,     ///< what each pair has by name (PairRoles); other positions are left out
    End       ///< counted from the end: -1 is the last
};

struct PairColumns {
    ColumnsBy by = ColumnsBy::Position;
    std::vector<std::string> labels; ///< "0", …; "IO", "S2", …; "-2", "-1"
    /// [prompt][column]; -1: the pair has none. Empty: column = position.
    std::vector<std::vector<int>> positions{};
};

/// By position where all pairs are equally long or no length is known, else by role where every
/// pair has some, else from the end.
PairColumns columnsOf(const PatchResult& result);

/// The grid with a column for every position, NaN where a pair has none; unchanged where columns
/// are positions or the site has no positions.
PatchGrid inColumns(const PatchGrid& grid, const PairColumns& columns);

} // namespace residuum
