#include "widgets/figure/figure_difference.h"

#include "widgets/plots/heatmap_difference.h"

namespace residuum {

namespace {

QString obstacleOf(const QString& first, const QString& second, const HeatmapData& a,
                   const HeatmapData& b, const HeatmapDifference& cells) {
    if (a.values.empty() || b.values.empty())
        return QStringLiteral("There is no difference of %1 and %2: one of them has no result of "
                              "this.")
            .arg(first, second);
    if (a.grid.choice.isEmpty() && cells.onlyFirst + cells.onlySecond > 0)
        return QStringLiteral("%1 and %2 have different numbers of layers or heads; choose two "
                              "models of one shape to see their difference.")
            .arg(first, second);
    if (cells.nothingShared())
        return QStringLiteral("%1 and %2 share none of their %3, so there is no difference to "
                              "show.")
            .arg(first, second, a.grid.choice);
    return {};
}

} // namespace

QString differenceName(const QString& first, const QString& second) {
    return QStringLiteral("%1 − %2").arg(first, second);
}

FigureDifference differenceOf(const FigurePanel& first, const FigurePanel& second) {
    const auto& a = std::get<HeatmapFigure>(first.content);
    const auto& b = std::get<HeatmapFigure>(second.content);
    auto cells = differenceOf(a.data.grid, a.data.values, b.data.grid, b.data.values);
    FigureDifference difference;
    difference.panel.title = differenceName(first.title, second.title);
    difference.panel.subtitle = QStringLiteral("difference");
    difference.obstacle = obstacleOf(first.title, second.title, a.data, b.data, cells);
    if (!difference.obstacle.isEmpty()) {
        difference.panel.content = HeatmapFigure{};
        return difference;
    }
    auto scale = a.data.scale;
    difference.panel.what = first.what;
    if (!first.what.isEmpty())
        difference.panel.notes << first.what;
    if (scale.map != ColourMap::Diverging) // the bar is of another map
        difference.panel.notes << QStringLiteral("blue %1, red %2 %3")
                                      .arg(threeDigits(-scale.limit), threeDigits(scale.limit),
                                           scale.unit);
    difference.note = cells.note(first.title, second.title);
    if (!difference.note.isEmpty())
        difference.panel.notes << difference.note;
    scale.map = ColourMap::Diverging; // a difference is signed whatever it is of
    difference.panel.content =
        HeatmapFigure{{std::move(cells.grid), std::move(cells.values), scale}, a.pins};
    return difference;
}

std::vector<TableFigure::Column> differenceOf(const std::vector<TableFigure::Column>& first,
                                              const std::vector<TableFigure::Column>& second) {
    std::vector<TableFigure::Column> differences;
    for (const auto& a : first)
        for (const auto& b : second)
            if (a.title == b.title) {
                auto column = a;
                column.group = differenceName(a.group, b.group);
                column.isError = false;
                for (std::size_t row = 0; row < column.values.size(); ++row)
                    column.values[row] -= b.values[row];
                differences.push_back(std::move(column));
            }
    return differences;
}

} // namespace residuum
