#include "analysis/patching/patch_result.h"

#include <algorithm>
#include <limits>

namespace residuum {

bool PatchRequest::asks(PatchMethod method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

const PatchGrid* PatchResult::find(PatchMethod method, PatchSite site) const {
    const auto found = std::find_if(grids.begin(), grids.end(), [&](const PatchGrid& grid) {
        return grid.method == method && grid.site == site;
    });
    return found == grids.end() ? nullptr : &*found;
}

Table normalised(const PatchGrid& grid, const PatchResult& result) {
    Table values = grid.values;
    for (Eigen::Index prompt = 0; prompt < values.rows(); ++prompt) {
        const double gap = result.gap(static_cast<std::size_t>(prompt));
        if (gap == 0.0)
            values.row(prompt) = std::numeric_limits<double>::quiet_NaN();
        else
            values.row(prompt) /= gap;
    }
    return values;
}

std::vector<std::size_t> promptsWithoutGap(const PatchResult& result) {
    std::vector<std::size_t> prompts;
    for (std::size_t prompt = 0; prompt < result.cleanMetric.size(); ++prompt)
        if (result.gap(prompt) == 0.0)
            prompts.push_back(prompt);
    return prompts;
}

} // namespace residuum
