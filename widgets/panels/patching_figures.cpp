#include "widgets/panels/patching_figures.h"

#include "analysis/patching/pair_statistics.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace residuum {

namespace {

constexpr int neuronsPerRow = 10;

/// A site is shown as layer × position, layer × head, or ranked neurons.
struct ShownCells {
    int rows = 0, columns = 0;
    std::int64_t stride = 1, offset = 0; ///< of a shown cell in the grid's flattened cells
};

ShownCells shownCells(const PatchGrid& grid, const PatchView& view) {
    const auto axes = axesOf(grid.site);
    if (axes.neuron)
        return {static_cast<int>((grid.shape[0] + neuronsPerRow - 1) / neuronsPerRow),
                neuronsPerRow, 1, 0};
    const int layers = static_cast<int>(grid.shape[0]), columns = static_cast<int>(grid.shape[1]);
    if (axes.head && axes.pos)
        return {layers, columns, grid.shape[2],
                std::clamp<std::int64_t>(view.position, 0, grid.shape[2] - 1)};
    return {layers, columns, 1, 0};
}

/// Where a thing's value is among the grid's flattened cells; empty: it has none.
std::optional<std::int64_t> cellOf(const PatchGrid& grid, const PatchResult& result,
                                   const PatchView& view, const Thing& thing) {
    const auto axes = axesOf(grid.site);
    if (axes.neuron) {
        const auto name = label(thing);
        const auto& names = result.neurons;
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? std::nullopt : std::optional(found - names.begin());
    }
    int row = -1, column = -1;
    const auto columns = showsMean(result, view) ? columnsOf(result) : PairColumns();
    const bool byPosition = columns.by == ColumnsBy::Position;
    if (const auto* at = std::get_if<Position>(&thing);
        at != nullptr && !axes.head && byPosition) { // positions are those of prompts of one length
        row = at->layer.value;
        column = at->at.value;
    } else if (const auto* place = std::get_if<Place>(&thing);
               place != nullptr && !axes.head && !byPosition) {
        const auto& labels = columns.labels;
        const auto found = std::find(labels.begin(), labels.end(), place->column);
        row = found == labels.end() ? -1 : place->layer.value;
        column = static_cast<int>(found - labels.begin());
    } else if (const auto* head = std::get_if<Component>(&thing);
               head != nullptr && head->kind == ComponentKind::Head && axes.head) {
        row = head->layer.value;
        column = head->head.value;
    }
    const auto shown = shownCells(grid, view);
    if (row < 0 || row >= shown.rows || column < 0 || column >= shown.columns)
        return std::nullopt;
    return shown.offset + (std::int64_t{row} * shown.columns + column) * shown.stride;
}

/// The grid's shape as the view has it: a mean over pairs of unequal length has columns for
/// positions. Without values.
PatchGrid shapeInView(const PatchGrid& grid, const PatchResult& result, const PatchView& view) {
    PatchGrid shape{grid.method, grid.site, grid.shape, {}};
    if (axesOf(grid.site).pos && showsMean(result, view))
        if (const auto columns = columnsOf(result); columns.by != ColumnsBy::Position)
            shape.shape.back() = static_cast<std::int64_t>(columns.labels.size());
    return shape;
}

/// Values of the view, one per cell of the grid as the view has it: one pair's, or the mean.
std::vector<double> viewed(const PatchGrid& grid, const PatchResult& result,
                           const PatchView& view) {
    if (showsMean(result, view))
        return meansOf(sampledCells(result, grid, view.normalised));
    const auto row = grid.values.row(*view.prompt);
    std::vector<double> values(row.begin(), row.end());
    if (!view.normalised)
        return values;
    const auto prompt = static_cast<std::size_t>(*view.prompt);
    const auto flat = promptsWithoutGap(result);
    const bool undefined = std::binary_search(flat.begin(), flat.end(), prompt);
    for (auto& value : values)
        value = undefined ? unknownValue : value / result.gap(prompt);
    return values;
}

PatchGrid shownPart(const PatchGrid& grid, const PatchResult& result, const PatchView& view) {
    auto part = shownOfEachPair(grid, result, view);
    if (view.normalised)
        part.values = normalised(part, result);
    if (!showsMean(result, view))
        part.values = Table(part.values.row(*view.prompt));
    return part;
}

/// A quoted token as it stands at an axis: `" to"`, or “ to”, is "·to".
QString axisName(const QString& quoted) {
    if (quoted.size() < 3 || (quoted[0] != QLatin1Char('"') && quoted[0] != QChar(0x201C)))
        return quoted;
    auto name = quoted.mid(1, quoted.size() - 2);
    if (name.startsWith(QLatin1Char(' ')))
        name.replace(0, 1, QStringLiteral("·"));
    return name;
}

/// What a column of positions is called: at the axis, and in labels of cells.
struct ColumnName {
    QString tick, label;
};
ColumnName columnName(const PairColumns& columns, int column) {
    const auto name = QString::fromStdString(columns.labels.at(static_cast<std::size_t>(column)));
    if (columns.by == ColumnsBy::Role)
        return {name, name};
    return {QString(name).replace(QLatin1Char('-'), QChar(0x2212)),
            QStringLiteral("pos %1").arg(name)};
}

} // namespace

bool showsMean(const PatchResult& result, const PatchView& view) {
    return !view.prompt || static_cast<std::size_t>(*view.prompt) >= result.cleanMetric.size();
}

std::vector<Eigen::Index> shownPlaces(const PatchResult& result, PatchMethod method,
                                      const PatchView& view) {
    std::vector<Eigen::Index> places;
    const auto* grid = result.find(method, view.site);
    if (grid == nullptr)
        return places;
    const auto shape = shapeInView(*grid, result, view);
    const auto shown = shownCells(shape, view);
    const auto count = std::accumulate(shape.shape.begin(), shape.shape.end(), std::int64_t{1},
                                       std::multiplies<>());
    for (auto cell = shown.offset; cell < count; cell += shown.stride)
        places.push_back(cell);
    return places;
}

PatchGrid shownOfEachPair(const PatchGrid& grid, const PatchResult& result, const PatchView& view) {
    if (shownCells(grid, view).stride == 1)
        return grid;
    const auto aligned = showsMean(result, view) ? inColumns(grid, columnsOf(result)) : grid;
    const auto shown = shownCells(aligned, view);
    PatchGrid part{grid.method, grid.site, {grid.shape[0], grid.shape[1]}, {}};
    part.values.resize(aligned.values.rows(), aligned.values.cols() / shown.stride);
    for (Eigen::Index cell = 0; cell < part.values.cols(); ++cell)
        part.values.col(cell) = aligned.values.col(cell * shown.stride + shown.offset);
    return part;
}

CellGrid patchGrid(const PatchResult& result, const PatchView& view, const QStringList& tokens) {
    CellGrid grid;
    const PatchGrid* any = nullptr;
    for (const auto& each : result.grids)
        if (each.site == view.site)
            any = &each;
    if (any == nullptr)
        return grid;
    const auto axes = axesOf(view.site);
    const auto shown = shownCells(shapeInView(*any, result, view), view);
    const auto columns = showsMean(result, view) ? columnsOf(result) : PairColumns();
    const bool named = axes.pos && !axes.head && columns.by != ColumnsBy::Position;
    grid.rows = shown.rows;
    grid.columns = shown.columns;
    const auto count = axes.neuron ? any->shape[0] : std::int64_t{shown.rows} * shown.columns;
    for (std::int64_t i = 0; i < count; ++i) {
        const int row = static_cast<int>(i / shown.columns);
        const int column = static_cast<int>(i % shown.columns);
        GridCell cell;
        cell.row = row;
        cell.column = column;
        if (axes.neuron) {
            const auto& neuron = result.neurons.at(static_cast<std::size_t>(i));
            // Names of files are not trusted: what is no neuron's names nothing.
            if (const auto thing = parseNeuron(neuron))
                cell.thing = *thing;
            cell.label = QString::fromStdString(neuron);
        } else if (axes.head) {
            const Component head{ComponentKind::Head, LayerIndex(row), HeadIndex(column)};
            cell.thing = head;
            cell.label = QString::fromStdString(label(head));
        } else if (named) {
            cell.thing =
                Place{LayerIndex(row), columns.labels.at(static_cast<std::size_t>(column))};
            cell.label = QStringLiteral("L%1 %2").arg(row).arg(columnName(columns, column).label);
        } else {
            const Position place{LayerIndex(row), PositionIndex(column)};
            cell.thing = place;
            cell.label = QString::fromStdString(label(place));
            if (column < tokens.size() && !tokens[column].isEmpty())
                cell.label += QStringLiteral(" %1").arg(tokens[column]);
        }
        grid.cells.push_back(cell);
    }
    for (int row = 0; row < shown.rows; ++row)
        grid.rowTicks.push_back(
            {row + 0.5, QString::number(axes.neuron ? row * neuronsPerRow + 1 : row)});
    for (int column = 0; column < shown.columns; ++column)
        grid.columnTicks.push_back(
            {column + 0.5,
             named         ? columnName(columns, column).tick
             : axes.neuron ? QStringLiteral("+%1").arg(column)
                           : QString::number(column),
             axes.neuron || axes.head ? QString() : axisName(tokens.value(column))});
    if (axes.neuron)
        grid.choice = QStringLiteral("top neurons");
    grid.rowTitle = axes.neuron ? QStringLiteral("neuron's rank") : QStringLiteral("layer");
    grid.columnTitle = axes.neuron                     ? QStringLiteral("by |attribution|")
                       : axes.head                     ? QStringLiteral("head")
                       : columns.by == ColumnsBy::Role ? QStringLiteral("role")
                       : columns.by == ColumnsBy::End  ? QStringLiteral("position from the end")
                                                       : QStringLiteral("position");
    return grid;
}

std::vector<double> patchValues(const PatchResult& result, PatchMethod method,
                                const PatchView& view) {
    const auto* grid = result.find(method, view.site);
    if (grid == nullptr)
        return {};
    const auto values = viewed(*grid, result, view);
    std::vector<double> picked;
    for (const auto place : shownPlaces(result, method, view))
        picked.push_back(values[static_cast<std::size_t>(place)]);
    return picked;
}

std::optional<double> patchValueOf(const PatchResult& result, PatchMethod method,
                                   const PatchView& view, const Thing& thing) {
    const auto* grid = result.find(method, view.site);
    if (grid == nullptr)
        return std::nullopt;
    const auto shape = shapeInView(*grid, result, view);
    const auto cell = cellOf(shape, result, view, thing);
    const auto values = cell ? viewed(*grid, result, view) : std::vector<double>();
    if (!cell || static_cast<std::size_t>(*cell) >= values.size())
        return std::nullopt;
    const double value = values[static_cast<std::size_t>(*cell)];
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::vector<double> comparedExact(const PatchResult& result, const PatchView& view) {
    auto values = patchValues(result, PatchMethod::Exact, view);
    if (view.estimate == PatchMethod::AtpStar)
        for (auto& value : values)
            value = std::abs(value);
    return values;
}

std::vector<double> errorValues(const PatchResult& result, const PatchView& view) {
    auto values = patchValues(result, view.estimate, view);
    const auto exact = comparedExact(result, view);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] -= i < exact.size() ? exact[i] : unknownValue;
    return values;
}

ScatterData agreementScatter(const PatchResult& result, const PatchView& view,
                             const QStringList& tokens) {
    ScatterData data;
    const auto unit = patchUnit(result, view);
    data.groups = {methodTitle(view.estimate)};
    data.xTitle = (view.estimate == PatchMethod::AtpStar ? QStringLiteral("|exact patching| [%1]")
                                                         : QStringLiteral("exact patching [%1]"))
                      .arg(unit);
    data.yTitle = QStringLiteral("%1 [%2]").arg(methodTitle(view.estimate), unit);
    const auto grid = patchGrid(result, view, tokens);
    const auto exact = comparedExact(result, view);
    const auto estimate = patchValues(result, view.estimate, view);
    for (std::size_t i = 0; i < std::min(exact.size(), estimate.size()); ++i)
        if (!std::isnan(exact[i]) && !std::isnan(estimate[i]) &&
            !(exact[i] == 0.0 && estimate[i] == 0.0))
            data.points.push_back(
                {grid.cells[i].thing, exact[i], estimate[i], 0, grid.cells[i].label});
    return data;
}

std::optional<Agreement> agreementOf(const PatchResult& result, const PatchView& view) {
    const auto* exact = result.find(PatchMethod::Exact, view.site);
    const auto* estimate = result.find(view.estimate, view.site);
    if (exact == nullptr || estimate == nullptr)
        return std::nullopt;
    auto agreement =
        residuum::agreementOf(shownPart(*exact, result, view), shownPart(*estimate, result, view),
                              view.estimate == PatchMethod::AtpStar);
    return agreement.cells == 0 ? std::nullopt : std::optional(std::move(agreement));
}

} // namespace residuum
