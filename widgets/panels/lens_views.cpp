#include "widgets/panels/lens_views.h"

#include "core/checkpoint/treatment.h"
#include "widgets/figure/shared_axes.h"
#include "widgets/panels/lens_board.h"
#include "widgets/panels/verdict.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString toText(const std::string& words) {
    return QString::fromStdString(words);
}

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

/// "14 (·to)".
QString placeText(const ShownLens& shown) {
    const auto token = shown.tokens.value(shown.position);
    return token.isEmpty() ? QString::number(shown.position)
                           : QStringLiteral("%1 (%2)").arg(shown.position).arg(token);
}

/// Points 0_pre, 1_pre, … and the last one, or 0_mid, 1_mid, …: layers from top to bottom.
std::vector<Eigen::Index> pointsOf(const LensResult& result, bool mid) {
    std::vector<Eigen::Index> points;
    for (auto p = Eigen::Index{mid ? 1 : 0}; p < static_cast<Eigen::Index>(result.points.size());
         p += 2)
        points.push_back(p);
    return points;
}

HeatmapFigure mapOf(const LensColumn& column, const ShownLens& shown, bool mid) {
    const auto& result = *column.result;
    HeatmapFigure map;
    auto& grid = map.data.grid;
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("position");
    const auto points = pointsOf(result, mid);
    grid.rows = static_cast<int>(points.size());
    for (int layer = 0; layer < grid.rows; ++layer)
        grid.rowTicks.push_back({layer + 0.5, layer == result.model.config.n_layers
                                                  ? QStringLiteral("end")
                                                  : QString::number(layer)});
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
            if (!mid) // the stream that enters a layer, or the last one
                cell.thing = Position{LayerIndex(layer), PositionIndex(at)};
            cell.row = layer;
            cell.column = place;
            cell.text = tokenOf(result, result.topToken(best, at_row));
            cell.label = QStringLiteral("%1 pos %2: %3")
                             .arg(toText(result.points[static_cast<std::size_t>(
                                 points[static_cast<std::size_t>(layer)])]))
                             .arg(at)
                             .arg(cell.text);
            grid.cells.push_back(std::move(cell));
            map.data.values.push_back(100.0 * std::exp(result.topLogProb(best, at_row)));
        }
    }
    return map;
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
                              toText(points[p])});
}

/// A curve over the points of one model; a model keeps its colour in all charts.
template <class Value>
void addCurve(ChartData& data, const LensColumn& column, std::size_t place, const QString& name,
              bool dashed, const Value& value) {
    ChartSeries series;
    series.name = name;
    series.group = static_cast<int>(place);
    series.hollow = dashed;
    for (std::size_t p = 0; p < column.result->points.size(); ++p)
        series.curve.emplace_back(static_cast<double>(p), value(static_cast<Eigen::Index>(p)));
    data.series.push_back(std::move(series));
}

/// Log-probabilities or ranks of the tracked tokens.
ChartData trackChart(const std::vector<LensColumn>& columns, const ShownLens& shown, bool ranks) {
    ChartData data;
    addStops(data, columns, shown);
    data.yTitle =
        ranks ? QStringLiteral("rank (1: the top)") : QStringLiteral("log-probability [nats]");
    data.logarithmic = ranks;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto row = rowOf(columns[c], shown);
        const auto& result = *columns[c].result;
        for (Eigen::Index k = 0; k < result.tracks() && row >= 0; ++k)
            addCurve(data, columns[c], c,
                     QStringLiteral("%1 %2").arg(columns[c].name,
                                                 tokenOf(result, result.tracked(k, row))),
                     k > 0, [&](Eigen::Index point) {
                         const auto at = point * result.tracks() + k;
                         return ranks ? 1.0 + result.rank(at, row) : result.logProb(at, row);
                     });
    }
    return data;
}

/// At the position and, dashed, in the mean over those that the result has of the prompt.
ChartData entropyChart(const std::vector<LensColumn>& columns, const ShownLens& shown) {
    ChartData data;
    addStops(data, columns, shown);
    data.yTitle = QStringLiteral("entropy [nats]");
    data.filled = QStringLiteral("at position %1").arg(placeText(shown));
    data.hollow = QStringLiteral("mean over the prompt");
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& result = *columns[c].result;
        std::vector<Eigen::Index> rows;
        for (std::size_t r = 0; r < result.rows.size(); ++r)
            if (result.rows[r].sample == columns[c].sample)
                rows.push_back(static_cast<Eigen::Index>(r));
        if (const auto row = rowOf(columns[c], shown); row >= 0)
            addCurve(data, columns[c], c, columns[c].name, false,
                     [&](Eigen::Index point) { return result.entropy(point, row); });
        if (rows.size() > 1)
            addCurve(data, columns[c], c, columns[c].name, true,
                     [&](Eigen::Index point) { return Table(result.entropy(point, rows)).mean(); });
    }
    return data;
}

/// Embeddings on top, then a row per layer: its heads, and apart from them the biases and the MLP.
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

bool isMap(const QString& view) {
    return view == LensViews::map || view == LensViews::midMap;
}

FigurePanel panelOf(const QString& view, const LensColumn& column, const ShownLens& shown) {
    auto panel = namedPanel(column.name, column.result->model);
    panel.notes << treatmentText(*column.result);
    if (isMap(view)) {
        panel.content = mapOf(column, shown, view == LensViews::midMap);
    } else {
        panel.notes << lensComponentsText(column, shown.position);
        panel.content = componentMap(column, shown);
    }
    return panel;
}

QString descriptionOf(const QString& view) {
    if (view == LensViews::map)
        return QStringLiteral("top token of the logit lens and its probability, before each layer");
    if (view == LensViews::midMap)
        return QStringLiteral("top token of the logit lens and its probability, after each "
                              "layer's attention");
    if (view == LensViews::logProb)
        return QStringLiteral("log-probability of tracked tokens, point by point");
    if (view == LensViews::rank)
        return QStringLiteral("rank of tracked tokens, point by point");
    if (view == LensViews::entropy)
        return QStringLiteral("entropy of the logit lens, point by point");
    return QStringLiteral("what each component adds to the tracked token's lens logit, where the "
                          "lens is affine");
}

int sampleIn(const ResultReader& reader, const ViewSettings& settings) {
    const int sample = settings.number(QStringLiteral("sample")).value_or(0);
    const auto samples = static_cast<int>(reader.tokens().texts.size());
    if (sample >= samples)
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    return sample;
}

Figure figureOfFile(const ResultReader& reader, const FigureRequest& request) {
    const int sample = sampleIn(reader, request.settings);
    std::vector<LensColumn> columns;
    for (const auto& [name, result] : resultsOf<LensAnalysis>(reader, request))
        columns.push_back({name, result, sample});
    ShownLens shown;
    const auto stored = reader.tokens();
    for (const auto& text : stored.texts.at(static_cast<std::size_t>(sample))) {
        shown.prompt += toText(text);
        shown.tokens << chipText(text);
    }
    const auto& rows = columns.front().result->rows;
    const auto last = std::find_if(rows.rbegin(), rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last == rows.rend())
        throw UsageError("--sample " + std::to_string(sample),
                         "is not in " + reader.path().string());
    const int end = last->position.value;
    const int wanted = request.settings.number(QStringLiteral("position")).value_or(-1);
    const bool whole = columns.front().result->request.position.all;
    shown.position = wanted >= 0 ? wanted : whole ? end + 1 + wanted : end;
    if (columns.front().result->rowOf(sample, shown.position) < 0)
        throw UsageError("--position " + std::to_string(wanted),
                         reader.path().string() + " has no result at this position of sample " +
                             std::to_string(sample));
    return LensViews::figure(columns, shown, request, fileProvenance<LensAnalysis>(reader));
}

} // namespace

QString lensComponentsText(const LensColumn& column, int position) {
    const auto& result = *column.result;
    const auto row = result.rowOf(column.sample, position);
    if (result.contribution.size() == 0)
        return result.request.components || !isAffine(result.model, result.request)
                   ? toText(whyNoComponents(result))
                   : QStringLiteral("the file has none; compute it with --components");
    if (row < 0)
        return {};
    const auto last = (static_cast<Eigen::Index>(result.points.size()) - 1) * result.tracks();
    return QStringLiteral("%1: logit %2 at first, %3 at the end")
        .arg(tokenOf(result, result.tracked(0, row)), threeDigits(result.logit(0, row)),
             threeDigits(result.logit(last, row)));
}

LensViews::Shown LensViews::shown(const Workspace& workspace, const QString&) {
    const auto& prompt = workspace.state().prompt;
    ShownLens shown{prompt.text, {}, workspace.state().position};
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : prompt.tokens)
        shown.tokens << chipText(tokenizer.get(), token);
    return shown;
}

std::optional<LensColumn> LensViews::column(const Workspace& workspace, const ModelColumn& column,
                                            const Board<LensAnalysis>::ColumnAnswer& answer) {
    const int sample = column.saved ? workspace.board<LensBoard>().sampleOf(column) : 0;
    return sample < 0 ? std::nullopt
                      : std::optional(LensColumn{column.name, answer.result, sample});
}

void LensViews::ask(const Workspace& workspace, FigureRequest& request) {
    if (isMap(request.view))
        return;
    request.settings.set(QStringLiteral("position"), workspace.state().position);
    if (request.view != components)
        request.limit.reset(); // the lock is of a scale of colours
}

ColourScale LensViews::scale(const QString& view, const std::vector<Column>&, const Shown&) {
    ColourScale scale;
    scale.map = isMap(view) ? ColourMap::Sequential : ColourMap::Diverging;
    scale.unit = isMap(view) ? QStringLiteral("%") : QStringLiteral("logits");
    return scale;
}

std::vector<FigurePanel> LensViews::panels(const QString& view, const std::vector<Column>& columns,
                                           const Shown& shown) {
    std::vector<FigurePanel> panels;
    if (columns.empty())
        return panels;
    if (isMap(view) || view == components) {
        for (const auto& column : columns)
            panels.push_back(panelOf(view, column, shown));
        return panels;
    }
    FigurePanel panel; // of all models
    panel.notes << QStringLiteral("position %1").arg(placeText(shown));
    panel.content = ChartFigure{view == entropy ? entropyChart(columns, shown)
                                                : trackChart(columns, shown, view == rank),
                                {},
                                {}};
    return {std::move(panel)};
}

Figure LensViews::figure(const std::vector<Column>& columns, const Shown& shown,
                         const FigureRequest& request, const Provenance& provenance) {
    Figure figure;
    figure.view = request.view;
    figure.provenance = provenance;
    const auto& result = *columns.front().result;
    const auto treatment = treatmentText(result);
    figure.title = QStringLiteral("%1 (%2)").arg(descriptionOf(request.view), treatment);
    figure.quantity = QStringLiteral("%1 (%2)").arg(
        request.view == components ? QStringLiteral("added to the lens logit")
                                   : QStringLiteral("probability of the top token"),
        treatment);
    const auto first = descriptionOf(request.view);
    figure.caption = QStringLiteral("%1 of “%2”, for %3: ln_f (%4) and the unembedding on the "
                                    "residual stream at each point.")
                         .arg(first.left(1).toUpper() + first.mid(1), shown.prompt,
                              modelsText(columns), treatment);
    if (!isMap(request.view))
        figure.caption += QStringLiteral(" At position %1.").arg(placeText(shown));
    if (result.request.track.ids.empty() && !isMap(request.view) && request.view != entropy)
        figure.caption +=
            QStringLiteral(" The token is each model's own top prediction at the last point.");
    addCompared(figure, panels(request.view, columns, shown), scale(request.view, columns, shown),
                request);
    setPins(figure, request.pins);
    return figure;
}

QString LensViews::verdict(const std::vector<Column>& columns, const Shown& shown) {
    std::vector<Column> there;
    for (const auto& column : columns)
        if (rowOf(column, shown) >= 0)
            there.push_back(column);
    if (there.empty())
        return {};
    const auto tokens = ofAll(there, [&](const Column& column) {
        return tokenOf(*column.result, column.result->tracked(0, rowOf(column, shown)));
    });
    const auto from = [&](const Column& column) {
        const auto& result = *column.result;
        const auto row = rowOf(column, shown);
        auto first = static_cast<Eigen::Index>(result.points.size());
        while (first > 0 && result.rank((first - 1) * result.tracks(), row) == 0.0)
            --first;
        return first == static_cast<Eigen::Index>(result.points.size())
                   ? QObject::tr("nowhere up to the end")
                   : toText(result.points[static_cast<std::size_t>(first)]);
    };
    return QObject::tr("%1at position %2, %3 is on top of the lens for good from %4")
        .arg(whose(there), placeText(shown), tokens, ofEach(there, from));
}

FigureKind lensKind() {
    using V = LensViews;
    const auto sample = sampleSetting(), position = positionSetting();
    FigureKind kind;
    kind.kind = QString::fromLatin1(LensAnalysis::kind);
    kind.title = QObject::tr("&Logit lens");
    for (const auto view : {V::map, V::midMap, V::logProb, V::rank, V::entropy, V::components}) {
        QStringList settings{sample.name};
        if (!isMap(view))
            settings << position.name;
        kind.views.push_back({view, descriptionOf(view), settings});
    }
    kind.settings = {sample, position};
    kind.make = figureOfFile;
    kind.has = [](const ResultReader& reader, const FigureView& view) {
        return view.name != V::components ||
               LensAnalysis::requestOf(reader.request(), reader.path()).components;
    };
    return kind;
}

} // namespace residuum
