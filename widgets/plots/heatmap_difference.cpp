#include "widgets/plots/heatmap_difference.h"

#include <map>
#include <utility>

namespace residuum {

HeatmapDifference differenceOf(const CellGrid& first, const std::vector<double>& firstValues,
                               const CellGrid& second, const std::vector<double>& secondValues) {
    std::map<std::pair<int, QString>, std::size_t> places;
    for (std::size_t i = 0; i < second.cells.size(); ++i)
        places.emplace(std::pair(second.cells[i].id, second.cells[i].label), i);
    const auto at = [](const std::vector<double>& values, std::size_t i) {
        return i < values.size() ? values[i] : unknownValue;
    };
    HeatmapDifference difference;
    difference.grid = first;
    for (std::size_t i = 0; i < first.cells.size(); ++i) {
        const auto found = places.find({first.cells[i].id, first.cells[i].label});
        difference.onlyFirst += found == places.end() ? 1 : 0;
        difference.values.push_back(found == places.end()
                                        ? unknownValue
                                        : at(firstValues, i) - at(secondValues, found->second));
    }
    const auto shared = static_cast<int>(first.cells.size()) - difference.onlyFirst;
    difference.onlySecond = static_cast<int>(places.size()) - shared;
    return difference;
}

QString HeatmapDifference::note(const QString& first, const QString& second) const {
    QStringList parts;
    if (onlyFirst > 0)
        parts << QStringLiteral("%1 of %2 cells are in %3 only (hatched)")
                     .arg(onlyFirst)
                     .arg(grid.cells.size())
                     .arg(first);
    if (onlySecond > 0)
        parts << QStringLiteral("%1 in %2 only (left out)").arg(onlySecond).arg(second);
    return parts.join(QStringLiteral(", "));
}

} // namespace residuum
