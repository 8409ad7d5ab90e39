#include "widgets/panels/attribution_evidence.h"

#include "analysis/attribution/layer_sums.h"
#include "widgets/panels/attribution_figures.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

namespace {

/// A series of every model; a model keeps its colour in all charts.
std::vector<ChartSeries> seriesOf(const std::vector<AttributionColumn>& columns) {
    std::vector<ChartSeries> series;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        series.emplace_back();
        series.back().name = columns[c].name;
        series.back().group = static_cast<int>(c);
    }
    return series;
}

/// The DLA of largest magnitude of every component that any model has, in the models' order.
std::vector<std::pair<Component, double>> largest(const std::vector<AttributionColumn>& columns) {
    std::vector<std::pair<Component, double>> all;
    std::map<Component, std::size_t> places;
    for (const auto& column : columns)
        for (const auto& component : column.result->components)
            if (const auto numbers = numbersOf(*column.result, column.row, component)) {
                const auto [found, isNew] = places.try_emplace(component, all.size());
                if (isNew)
                    all.emplace_back(component, 0.0);
                auto& value = all[found->second].second;
                if (std::abs(numbers->dla) > std::abs(value))
                    value = numbers->dla;
            }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::abs(a.second) > std::abs(b.second);
    });
    return all;
}

/// The first `top` of each sign, in their order.
std::vector<Component> ranked(const std::vector<AttributionColumn>& columns, int top) {
    std::vector<Component> rows;
    int positive = 0, negative = 0;
    for (const auto& [component, value] : largest(columns))
        if (value != 0.0 && (value > 0.0 ? positive : negative)++ < top)
            rows.push_back(component);
    return rows;
}

QString frozenTitle(const std::vector<AttributionColumn>& columns) {
    return modeTitle(ViewMode::Dla, treatmentOf(columns));
}

QString recomputedTitle(const std::vector<AttributionColumn>& columns) {
    return modeTitle(ViewMode::DirectEffect, treatmentOf(columns));
}

ChartSeries curveOf(ChartSeries series, const std::vector<double>& values, bool dashed) {
    series.hollow = dashed;
    for (std::size_t i = 0; i < values.size(); ++i)
        series.curve.emplace_back(static_cast<double>(i), values[i]);
    return series;
}

} // namespace

ChartData rankedChart(const std::vector<AttributionColumn>& columns, int top) {
    ChartData data;
    data.xTitle = QStringLiteral("component");
    data.yTitle = QStringLiteral("logits");
    data.filled = frozenTitle(columns);
    data.hollow = recomputedTitle(columns);
    const auto rows = ranked(columns, top);
    for (const auto& component : rows)
        data.categories.push_back({component, QString::fromStdString(label(component))});
    data.series = seriesOf(columns);
    for (std::size_t c = 0; c < columns.size(); ++c)
        for (const auto& component : rows) {
            const auto numbers = numbersOf(*columns[c].result, columns[c].row, component);
            data.series[c].marks.push_back(numbers ? MarkPair{numbers->dla, numbers->directEffect}
                                                   : MarkPair{unknownValue, unknownValue});
        }
    return data;
}

ChartData layerChart(const std::vector<AttributionColumn>& columns) {
    ChartData data;
    data.xTitle = QStringLiteral("after layer (E: embeddings)");
    data.yTitle = QStringLiteral("sum so far [logits]");
    data.filled = frozenTitle(columns);
    data.hollow = recomputedTitle(columns);
    std::size_t stops = 0;
    const auto models = seriesOf(columns);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!columns[c].hasRow())
            continue;
        const int row = columns[c].row;
        const auto sums =
            layerSums(*columns[c].result, row == allRows ? std::nullopt : std::optional(row));
        stops = std::max(stops, sums.dla.size());
        data.series.push_back(curveOf(models[c], sums.dla, false));
        data.series.push_back(curveOf(models[c], sums.directEffect, true));
    }
    for (std::size_t i = 0; i < stops; ++i)
        data.stops.push_back({std::nullopt, i == 0 ? QStringLiteral("E") : QString::number(i - 1)});
    return data;
}

ChartData positionChart(const std::vector<AttributionColumn>& columns, const QStringList& tokens,
                        bool mlps) {
    ChartData data;
    data.xTitle = QStringLiteral("position");
    data.yTitle = mlps ? QStringLiteral("MLPs off by [%]") : QStringLiteral("heads off by [%]");
    data.series = seriesOf(columns);
    int last = -1;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!columns[c].hasRow() || columns[c].row == allRows) // which has one position of each
            continue;
        const auto& result = *columns[c].result;
        const auto& looked = result.rows[static_cast<std::size_t>(columns[c].row)];
        data.markedStop = static_cast<std::size_t>(looked.position.value);
        for (std::size_t r = 0; r < result.rows.size(); ++r) {
            if (result.rows[r].sample != looked.sample)
                continue;
            const int at = result.rows[r].position.value;
            last = std::max(last, at);
            const auto found = misjudgement(result, static_cast<int>(r));
            const double error = mlps ? found.mlps : found.heads;
            if (std::isfinite(error)) // undefined where every direct effect is 0
                data.series[c].curve.emplace_back(at, error);
        }
    }
    for (int at = 0; at <= last; ++at)
        data.stops.push_back(
            {Position{LayerIndex(0), PositionIndex(at)}, QString::number(at), tokens.value(at)});
    return data;
}

HeatmapFigure headErrors(const DlaResult& result) {
    CellGrid grid;
    const auto& config = result.model.config;
    grid.rows = config.n_layers;
    grid.columns = config.n_heads;
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("head");
    std::vector<double> values;
    for (int l = 0; l < config.n_layers; ++l) {
        grid.rowTicks.push_back({l + 0.5, QString::number(l)});
        for (int h = 0; h < config.n_heads; ++h) {
            const Component head{ComponentKind::Head, LayerIndex(l), HeadIndex(h)};
            GridCell cell;
            cell.thing = head;
            cell.row = l;
            cell.column = h;
            cell.label = QString::fromStdString(label(head));
            grid.cells.push_back(std::move(cell));
            values.push_back(result.nmae.perHead.size() > 0 ? result.nmae.perHead(l, h)
                                                            : unknownValue);
        }
    }
    for (int h = 0; h < config.n_heads; ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    return {{std::move(grid), std::move(values), {}}, {}};
}

} // namespace residuum
