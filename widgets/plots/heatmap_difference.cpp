#include "widgets/plots/heatmap_difference.h"

#include <map>
#include <unordered_map>

namespace residuum {

namespace {

/// Where cells lie in a grid, by what they show.
class Places {
  public:
    explicit Places(const CellGrid& grid) {
        for (std::size_t i = 0; i < grid.cells.size(); ++i)
            if (const auto& cell = grid.cells[i]; cell.thing)
                things_.emplace(*cell.thing, i);
            else
                labels_.emplace(cell.label, i);
    }

    std::optional<std::size_t> of(const GridCell& cell) const {
        return cell.thing ? in(things_, *cell.thing) : in(labels_, cell.label);
    }

  private:
    template <class Map>
    static std::optional<std::size_t> in(const Map& map, const typename Map::key_type& key) {
        std::optional<std::size_t> place;
        if (const auto found = map.find(key); found != map.end())
            place = found->second;
        return place;
    }

    std::unordered_map<Thing, std::size_t, ThingHash> things_;
    std::map<QString, std::size_t> labels_;
};

} // namespace

HeatmapDifference differenceOf(const CellGrid& first, const std::vector<double>& firstValues,
                               const CellGrid& second, const std::vector<double>& secondValues) {
    const Places places(second);
    const auto at = [](const std::vector<double>& values, std::size_t i) {
        return i < values.size() ? values[i] : unknownValue;
    };
    HeatmapDifference difference;
    difference.grid = first;
    for (std::size_t i = 0; i < first.cells.size(); ++i) {
        difference.grid.cells[i].text.clear(); // it was one model's
        const auto place = places.of(first.cells[i]);
        difference.places.push_back(place);
        difference.onlyFirst += place ? 0 : 1;
        difference.values.push_back(place ? at(firstValues, i) - at(secondValues, *place)
                                          : unknownValue);
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
