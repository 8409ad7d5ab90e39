#include "widgets/plots/grid_fold.h"

#include <cmath>
#include <map>
#include <utility>

namespace residuum {

namespace {

/// The ticks of the columns that stay, after one for all others.
std::vector<AxisTick> foldedTicks(const std::vector<AxisTick>& ticks, int count) {
    std::vector<AxisTick> folded{{0.5, QStringLiteral("%1 equal").arg(count), QStringLiteral("⋯")}};
    for (auto tick : ticks)
        if (tick.position >= count) {
            tick.position -= count - 1;
            folded.push_back(std::move(tick));
        }
    return folded;
}

} // namespace

void foldColumns(HeatmapData& data, int count) {
    if (count < 2)
        return;
    data.means.reset(); // of cells that are no longer there
    HeatmapData folded;
    folded.scale = data.scale;
    std::map<int, std::size_t> places; ///< of the folded cells, by row
    const auto isFarther = [](double value, double than) {
        return !std::isnan(value) && (std::isnan(than) || std::abs(value) > std::abs(than));
    };
    for (std::size_t i = 0; i < data.grid.cells.size(); ++i) {
        auto cell = data.grid.cells[i];
        const double value = data.valueOf(i);
        if (cell.column >= count) {
            cell.column -= count - 1;
        } else if (const auto [found, isNew] =
                       places.try_emplace(cell.row, folded.grid.cells.size());
                   isNew) {
            cell.label += QStringLiteral(" and the %1 after it, equal in both").arg(count - 1);
        } else {
            auto& there = folded.values[found->second];
            there = isFarther(value, there) ? value : there;
            continue;
        }
        folded.grid.cells.push_back(std::move(cell));
        folded.values.push_back(value);
    }
    data.grid.cells = std::move(folded.grid.cells);
    data.grid.columns -= count - 1;
    data.grid.columnTicks = foldedTicks(data.grid.columnTicks, count);
    if (!data.values.empty()) // else nothing is known yet
        data.values = std::move(folded.values);
}

} // namespace residuum
