#include "widgets/plots/heatmap_difference.h"

#include <unordered_map>

namespace residuum {

HeatmapDifference differenceOf(const CellGrid& first, const std::vector<double>& firstValues,
                               const CellGrid& second, const std::vector<double>& secondValues) {
    std::unordered_map<Thing, std::size_t, ThingHash> places;
    for (std::size_t i = 0; i < second.cells.size(); ++i)
        if (const auto& thing = second.cells[i].thing)
            places.emplace(*thing, i);
    const auto at = [](const std::vector<double>& values, std::size_t i) {
        return i < values.size() ? values[i] : unknownValue;
    };
    HeatmapDifference difference;
    difference.grid = first;
    for (std::size_t i = 0; i < first.cells.size(); ++i) {
        const auto& thing = first.cells[i].thing;
        const auto found = thing ? places.find(*thing) : places.end();
        difference.onlyFirst += found == places.end() ? 1 : 0;
        difference.values.push_back(found == places.end()
                                        ? unknownValue
                                        : at(firstValues, i) - at(secondValues, found->second));
    }
    const auto shared = static_cast<int>(first.cells.size()) - difference.onlyFirst;
    difference.onlySecond = static_cast<int>(second.cells.size()) - shared;
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
