#include "widgets/panels/lens_figures.h"

#include "core/checkpoint/treatment.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString toText(const std::string& words) {
    return QString::fromStdString(words);
}

const LensReadings& readingsOf(const LensResult& result, LensPoints points) {
    return points == LensPoints::Post ? result.jacobian : result;
}

/// Places of the points of a map, its layers from top to bottom.
std::vector<Eigen::Index> pointsOf(const LensResult& result, LensPoints points) {
    const auto step = points == LensPoints::Post ? 1 : 2;
    std::vector<Eigen::Index> found;
    for (auto p = Eigen::Index{points == LensPoints::Mid ? 1 : 0};
         p < static_cast<Eigen::Index>(readingsOf(result, points).points.size()); p += step)
        found.push_back(p);
    return found;
}

/// The layer whose input a row of a map is, or the number of layers.
int layerOf(int row, LensPoints points) {
    return points == LensPoints::Post ? row + 1 : row;
}

QString layerText(const LensResult& result, int row, LensPoints points) {
    return points == LensPoints::Pre && row == result.model.config.n_layers ? QStringLiteral("end")
                                                                            : QString::number(row);
}

/// The points of the deepest model.
void addStops(ChartData& data, const std::vector<LensColumn>& columns, const ShownLens& shown) {
    const auto& deepest =
        *std::max_element(columns.begin(), columns.end(), [](const auto& a, const auto& b) {
            return a.result->points.size() < b.result->points.size();
        });
    data.xTitle = QStringLiteral("point of the residual stream");
    const auto& points = deepest.result->points;
    for (std::size_t p = 0; p < points.size(); ++p)
        data.stops.push_back({p % 2 == 0 ? std::optional<Thing>(Position{
                                               LayerIndex(static_cast<std::int64_t>(p / 2)),
                                               PositionIndex(shown.position)})
                                         : std::nullopt,
                              p + 1 == points.size() ? QStringLiteral("end") : toText(points[p])});
}

/// A curve over some of the points of one model; a model keeps its colour in all charts. `value`:
/// of the i-th, which lies at `at(i)`.
template <class At, class Value>
void addCurve(ChartData& data, std::size_t place, const QString& name, bool dashed,
              std::size_t points, const At& at, const Value& value) {
    ChartSeries series;
    series.name = name;
    series.group = static_cast<int>(place);
    series.hollow = dashed;
    for (std::size_t p = 0; p < points; ++p)
        series.curve.emplace_back(static_cast<double>(at(p)), value(static_cast<Eigen::Index>(p)));
    data.series.push_back(std::move(series));
}

/// What the logit lens reads.
std::size_t itself(std::size_t point) {
    return point;
}
/// What the Jacobian lens reads of a layer enters the next one.
std::size_t behindLayer(std::size_t layer) {
    return 2 * (layer + 1);
}

ChartData emptyChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                     LensNumber number) {
    ChartData data;
    addStops(data, columns, shown);
    data.logarithmic = number == LensNumber::Rank;
    data.yTitle = number == LensNumber::Rank      ? QStringLiteral("rank (1: the top)")
                  : number == LensNumber::Entropy ? QStringLiteral("entropy [nats]")
                                                  : QStringLiteral("log-probability [nats]");
    return data;
}

/// Of a tracked token at a point, or the entropy there.
double numberOf(const LensReadings& lens, LensNumber number, Eigen::Index point, Eigen::Index track,
                Eigen::Index tracks, Eigen::Index row) {
    switch (number) {
    case LensNumber::LogProb:
        return lens.logProb(point * tracks + track, row);
    case LensNumber::Rank:
        return 1.0 + lens.rank(point * tracks + track, row);
    case LensNumber::Entropy:
        break;
    }
    return lens.entropy(point, row);
}

ChartData trackChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                     LensNumber number) {
    auto data = emptyChart(columns, shown, number);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto row = rowOf(columns[c], shown);
        const auto& result = *columns[c].result;
        for (Eigen::Index k = 0; k < result.tracks() && row >= 0; ++k)
            addCurve(data, c,
                     QStringLiteral("%1 %2").arg(columns[c].name,
                                                 tokenOf(result, result.tracked(k, row))),
                     k > 0, result.points.size(), itself, [&](Eigen::Index point) {
                         return numberOf(result, number, point, k, result.tracks(), row);
                     });
    }
    return data;
}

ChartData entropyChart(const std::vector<LensColumn>& columns, const ShownLens& shown) {
    auto data = emptyChart(columns, shown, LensNumber::Entropy);
    data.filled = QStringLiteral("at position %1").arg(placeText(shown));
    data.hollow = QStringLiteral("mean over the prompt");
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& result = *columns[c].result;
        std::vector<Eigen::Index> rows;
        for (std::size_t r = 0; r < result.rows.size(); ++r)
            if (result.rows[r].sample == columns[c].sample)
                rows.push_back(static_cast<Eigen::Index>(r));
        if (const auto row = rowOf(columns[c], shown); row >= 0)
            addCurve(data, c, columns[c].name, false, result.points.size(), itself,
                     [&](Eigen::Index point) { return result.entropy(point, row); });
        if (rows.size() > 1)
            addCurve(data, c, columns[c].name, true, result.points.size(), itself,
                     [&](Eigen::Index point) { return Table(result.entropy(point, rows)).mean(); });
    }
    return data;
}

} // namespace

Eigen::Index rowOf(const LensColumn& column, const ShownLens& shown) {
    return column.result->rowOf(column.sample, shown.position);
}

QString tokenOf(const LensResult& result, double id) {
    return chipText(result.textOf(id));
}

QString treatmentText(const LensResult& result) {
    const Treatment treatment(result.model.normalization);
    return toText(result.request.frozen ? treatment.frozen() : treatment.recomputed());
}

QString placeText(const ShownLens& shown) {
    const auto token = shown.tokens.value(shown.position);
    return token.isEmpty() ? QString::number(shown.position)
                           : QStringLiteral("%1 (%2)").arg(shown.position).arg(token);
}

HeatmapFigure lensMap(const LensColumn& column, const ShownLens& shown, LensPoints of) {
    const auto& result = *column.result;
    const auto& lens = readingsOf(result, of);
    HeatmapFigure map;
    auto& grid = map.data.grid;
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("position");
    const auto points = pointsOf(result, of);
    if (points.empty())
        return map;
    grid.rows = static_cast<int>(points.size());
    for (int layer = 0; layer < grid.rows; ++layer)
        grid.rowTicks.push_back({layer + 0.5, layerText(result, layer, of)});
    for (std::size_t row = 0; row < result.rows.size(); ++row) {
        if (result.rows[row].sample != column.sample)
            continue;
        const int at = result.rows[row].position.value;
        const double place = grid.columns;
        grid.columns += 1.0;
        grid.columnTicks.push_back({place + 0.5, QString::number(at), shown.tokens.value(at)});
        for (int layer = 0; layer < grid.rows; ++layer) {
            const auto best = points[static_cast<std::size_t>(layer)] * result.request.top;
            const auto at_row = static_cast<Eigen::Index>(row);
            GridCell cell;
            if (of != LensPoints::Mid) // the stream that enters a layer, or the last one
                cell.thing = Position{LayerIndex(layerOf(layer, of)), PositionIndex(at)};
            cell.row = layer;
            cell.column = place;
            cell.text = tokenOf(result, lens.topToken(best, at_row));
            cell.label = QStringLiteral("%1 pos %2: %3")
                             .arg(toText(lens.points[static_cast<std::size_t>(
                                 points[static_cast<std::size_t>(layer)])]))
                             .arg(at)
                             .arg(cell.text);
            grid.cells.push_back(std::move(cell));
            map.data.values.push_back(100.0 * std::exp(lens.topLogProb(best, at_row)));
        }
    }
    return map;
}

ChartData lensChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                    LensNumber number) {
    return number == LensNumber::Entropy ? entropyChart(columns, shown)
                                         : trackChart(columns, shown, number);
}

ChartData jacobianChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                        LensNumber number) {
    auto data = emptyChart(columns, shown, number);
    data.filled = QStringLiteral("logit lens");
    data.hollow = QStringLiteral("Jacobian lens");
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& result = *columns[c].result;
        const auto row = rowOf(columns[c], shown);
        if (row < 0)
            continue;
        const auto name = number == LensNumber::Entropy
                              ? columns[c].name
                              : QStringLiteral("%1 %2").arg(
                                    columns[c].name, tokenOf(result, result.tracked(0, row)));
        const auto valueIn = [&](const LensReadings& lens) {
            return [&lens, &result, number, row](Eigen::Index point) {
                return numberOf(lens, number, point, 0, result.tracks(), row);
            };
        };
        addCurve(data, c, name, false, result.points.size(), itself, valueIn(result));
        if (!result.jacobian.points.empty())
            addCurve(data, c, name, true, result.jacobian.points.size(), behindLayer,
                     valueIn(result.jacobian));
    }
    return data;
}

HeatmapFigure componentMap(const LensColumn& column, const ShownLens& shown) {
    const auto& result = *column.result;
    const auto& config = result.model.config;
    const auto row = rowOf(column, shown);
    HeatmapFigure map;
    auto& grid = map.data.grid;
    grid.rows = config.n_layers + 1;
    grid.columns = config.n_heads + 3.5;
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("head, bias, MLP, bias");
    grid.rowTicks.push_back({0.5, QStringLiteral("E")});
    for (int l = 0; l < config.n_layers; ++l)
        grid.rowTicks.push_back({l + 1.5, QString::number(l)});
    for (int h = 0; h < config.n_heads; ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    const double behind = config.n_heads + 0.5;
    const QStringList others{QStringLiteral("b"), QStringLiteral("M"), QStringLiteral("b")};
    for (int i = 0; i < others.size(); ++i)
        grid.columnTicks.push_back({behind + i + 0.5, others[i]});
    const auto all = allComponents(config.n_layers, config.n_heads);
    for (std::size_t c = 0; c < all.size(); ++c) {
        GridCell cell;
        cell.thing = all[c];
        cell.row = all[c].layer.value + 1;
        cell.label = toText(label(all[c]));
        switch (all[c].kind) {
        case ComponentKind::Embed:
        case ComponentKind::PosEmbed:
            cell.row = 0;
            cell.column = all[c].kind == ComponentKind::Embed ? 0 : 1;
            break;
        case ComponentKind::Head:
            cell.column = all[c].head.value;
            break;
        case ComponentKind::AttnBias:
            cell.column = behind;
            break;
        case ComponentKind::Mlp:
            cell.column = behind + 1;
            break;
        case ComponentKind::MlpBias:
            cell.column = behind + 2;
            break;
        }
        grid.cells.push_back(std::move(cell));
        map.data.values.push_back(
            result.contribution.size() > 0 && row >= 0
                ? result.contribution(static_cast<Eigen::Index>(c) * result.tracks(), row)
                : unknownValue);
    }
    return map;
}

} // namespace residuum
