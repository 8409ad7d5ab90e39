#include "widgets/panels/edge_figures.h"

#include "analysis/patching/faithfulness.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace residuum {

namespace {

struct Scored {
    Edge edge;
    double score = 0.0;
};

std::optional<Edge> edgeOf(const std::string& label) {
    const auto thing = parseThing(label); // names of files are not trusted
    const auto* edge = thing ? std::get_if<Edge>(&*thing) : nullptr;
    return edge == nullptr ? std::nullopt : std::optional(*edge);
}

/// The `top` with the largest |score|, largest first.
std::vector<Scored> best(const EdgeGrid& edges, int top) {
    struct Place {
        double size;
        Eigen::Index sender, receiver;
    };
    std::vector<Place> places;
    for (Eigen::Index sender = 0; sender < edges.mean.rows(); ++sender)
        for (Eigen::Index receiver = 0; receiver < edges.mean.cols(); ++receiver)
            if (const double score = edges.mean(sender, receiver); !std::isnan(score))
                places.push_back({std::abs(score), sender, receiver});
    const auto count = std::min<std::ptrdiff_t>(top, std::ssize(places));
    std::partial_sort(places.begin(), places.begin() + count, places.end(),
                      [](const Place& a, const Place& b) {
                          return std::tuple(-a.size, a.receiver, a.sender) <
                                 std::tuple(-b.size, b.receiver, b.sender);
                      });
    std::vector<Scored> list;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const auto& place = places[static_cast<std::size_t>(i)];
        if (const auto edge = edgeOf(edgeLabel(edges, static_cast<std::size_t>(place.sender),
                                               static_cast<std::size_t>(place.receiver))))
            list.push_back({*edge, edges.mean(place.sender, place.receiver)});
    }
    return list;
}

/// What a node of the graph is: who writes, and who reads, of one component together.
struct NodePlace {
    int level = 0; ///< 0: the embedding; n: layer n - 1; the last: the logits
    int beside = 0, head = 0;

    friend auto operator<=>(const NodePlace&, const NodePlace&) = default;
};

constexpr int logitsLevel = 1 << 20; // above any layer

NodePlace placeOf(const Component& sender) {
    if (sender.kind == ComponentKind::Head)
        return {sender.layer.value + 1, 0, sender.head.value};
    if (sender.kind == ComponentKind::Mlp)
        return {sender.layer.value + 1, 1, 0};
    return {};
}

NodePlace placeOf(const Receiver& receiver) {
    if (receiver.kind == ReceiverKind::Logits)
        return {logitsLevel, 0, 0};
    if (receiver.kind == ReceiverKind::Mlp)
        return {receiver.layer.value + 1, 1, 0};
    return {receiver.layer.value + 1, 0, receiver.head.value};
}

std::optional<Component> componentOf(const NodePlace& place) {
    if (place.level == logitsLevel)
        return std::nullopt;
    if (place.level == 0)
        return Component{};
    const LayerIndex layer(place.level - 1);
    return place.beside != 0 ? Component{ComponentKind::Mlp, layer, {}}
                             : Component{ComponentKind::Head, layer, HeadIndex(place.head)};
}

double endOf(const Receiver& receiver) {
    return receiver.kind == ReceiverKind::Q ? 0.2 : receiver.kind == ReceiverKind::V ? 0.8 : 0.5;
}

/// Estimates and exact effects by edge, of what was patched.
std::map<Edge, double> exactOf(const EdgeGrid& edges) {
    std::map<Edge, double> exact;
    for (const auto& checked : checkedEdges(edges))
        if (const auto edge = edgeOf(checked.label))
            exact[*edge] = checked.exact;
    return exact;
}

QString sizeName(std::int32_t size) {
    return QLocale::c().toString(size);
}

} // namespace

bool isOfEdges(PatchMethod method) {
    return method == PatchMethod::Eap || method == PatchMethod::EapIg;
}

const EdgeGrid* edgesOf(const PatchResult& result, PatchMethod method) {
    for (const auto& edges : result.edges)
        if (edges.method == method)
            return &edges;
    return nullptr;
}

std::optional<EdgeNumbers> edgeNumbers(const EdgeGrid& edges, const Thing& thing) {
    if (!std::holds_alternative<Edge>(thing))
        return std::nullopt;
    const auto name = label(thing);
    const auto place = edgeNamed(edges, name);
    if (!place)
        return std::nullopt;
    EdgeNumbers numbers{edges.mean(static_cast<Eigen::Index>(place->first),
                                   static_cast<Eigen::Index>(place->second))};
    if (std::isnan(numbers.score))
        return std::nullopt;
    for (const auto& checked : checkedEdges(edges))
        if (checked.label == name)
            numbers.exact = checked.exact;
    return numbers;
}

std::vector<GraphData> edgeGraphs(const std::vector<PatchColumn>& columns, const EdgeView& view) {
    std::vector<GraphData> graphs(columns.size());
    std::vector<std::vector<Scored>> shown(columns.size());
    std::map<NodePlace, std::size_t> places;
    double limit = 0.0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto* edges = edgesOf(*columns[c].result, view.method);
        if (edges == nullptr)
            continue;
        shown[c] = best(*edges, view.top);
        for (const auto& each : shown[c]) {
            places[placeOf(each.edge.sender)] = places[placeOf(each.edge.receiver)] = 0;
            limit = std::max(limit, std::abs(each.score));
        }
    }
    std::size_t next = 0;
    for (auto& [place, node] : places)
        node = next++;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto& graph = graphs[c];
        graph.limit = limit > 0.0 ? limit : 1.0;
        graph.unit = QString::fromStdString(unitOf(columns[c].result->request.metric));
        int named = -1;
        for (const auto& [place, node] : places) {
            const auto component = componentOf(place);
            graph.nodes.push_back(
                {component ? std::optional<Thing>(*component) : std::nullopt,
                 component ? QString::fromStdString(label(*component)) : QStringLiteral("logits"),
                 place.level, place.beside != 0, false});
            if (place.level > 0 && place.level < logitsLevel && place.level != named)
                graph.levels.push_back(
                    {static_cast<double>(place.level), QString::number(place.level - 1)});
            named = place.level;
        }
        if (shown[c].empty())
            continue;
        const auto exact = exactOf(*edgesOf(*columns[c].result, view.method));
        for (const auto& [edge, score] : shown[c]) {
            const auto from = places.at(placeOf(edge.sender)),
                       to = places.at(placeOf(edge.receiver));
            const auto found = exact.find(edge);
            graph.nodes[from].shown = graph.nodes[to].shown = true;
            graph.edges.push_back({edge, QString::fromStdString(label(edge)), from, to,
                                   endOf(edge.receiver), score,
                                   found == exact.end() ? unknownValue : found->second});
        }
    }
    return graphs;
}

namespace {

std::optional<AxisRange> rangeOf(const Interval& interval) {
    return interval.isThere() ? std::optional(AxisRange{interval.low, interval.high})
                              : std::nullopt;
}

} // namespace

ChartData edgeRanking(const std::vector<PatchColumn>& columns, const EdgeView& view) {
    std::map<Edge, double> sizes;
    for (const auto& column : columns)
        if (const auto* edges = edgesOf(*column.result, view.method))
            for (const auto& each : best(*edges, view.top))
                sizes[each.edge] = std::max(sizes[each.edge], std::abs(each.score));
    std::vector<std::pair<Edge, double>> ranked(sizes.begin(), sizes.end());
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(view.top)));
    ChartData data;
    data.xTitle = QStringLiteral("edge");
    data.yTitle = columns.empty()
                      ? QString()
                      : QString::fromStdString(unitOf(columns.front().result->request.metric));
    data.filled = methodTitle(view.method);
    data.hollow = QStringLiteral("patched exactly");
    for (const auto& [edge, size] : ranked)
        data.categories.push_back({edge, QString::fromStdString(label(edge))});
    for (std::size_t c = 0; c < columns.size(); ++c) {
        auto& series = data.series.emplace_back();
        series.name = columns[c].name;
        series.group = static_cast<int>(c);
        const auto* edges = edgesOf(*columns[c].result, view.method);
        const auto intervals =
            edges == nullptr ? std::vector<Interval>() : exactIntervals(*edges, *columns[c].result);
        for (const auto& [edge, size] : ranked) {
            const auto numbers = edges == nullptr ? std::nullopt : edgeNumbers(*edges, edge);
            auto& marks = series.marks.emplace_back();
            marks = numbers ? MarkPair{numbers->score, numbers->exact}
                            : MarkPair{unknownValue, unknownValue};
            for (std::size_t i = 0; i < intervals.size(); ++i)
                if (edges->checked[i] == label(edge))
                    marks.hollowInterval = rangeOf(intervals[i]);
        }
    }
    return data;
}

ScatterData edgeScatter(const PatchResult& result, const EdgeGrid& edges) {
    ScatterData data;
    const auto unit = QString::fromStdString(unitOf(result.request.metric));
    data.groups = {methodTitle(edges.method)};
    data.xTitle = QStringLiteral("edge patched exactly [%1]").arg(unit);
    data.yTitle = QStringLiteral("%1 [%2]").arg(methodTitle(edges.method), unit);
    const auto intervals = exactIntervals(edges, result);
    for (const auto& checked : checkedEdges(edges))
        if (const auto edge = edgeOf(checked.label); edge && !std::isnan(checked.exact)) {
            data.points.push_back(
                {*edge, checked.exact, checked.estimate, 0, QString::fromStdString(checked.label)});
            for (std::size_t i = 0; i < intervals.size(); ++i)
                if (edges.checked[i] == checked.label)
                    data.points.back().xInterval = rangeOf(intervals[i]);
        }
    return data;
}

ChartData faithfulnessChart(const std::vector<PatchColumn>& columns, PatchMethod method) {
    ChartData data;
    data.xTitle = QStringLiteral("edges kept, the best first (not to scale)");
    data.yTitle = QStringLiteral("faithfulness (1: as clean, 0: as corrupted)");
    data.filled = QStringLiteral("best edges");
    data.hollow = QStringLiteral("random edges, from the least to the most of the draws");
    std::set<std::int32_t> sizes;
    for (const auto& column : columns)
        sizes.insert(column.result->circuits.sizes.begin(), column.result->circuits.sizes.end());
    for (const auto size : sizes)
        data.stops.push_back({std::nullopt, sizeName(size)});
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& result = *columns[c].result;
        const auto* edges = edgesOf(result, method);
        if (edges == nullptr || edges->kept.size() == 0)
            continue;
        const auto curve = faithfulnessCurve(*edges, result);
        ChartSeries kept;
        kept.name = columns[c].name;
        kept.group = static_cast<int>(c);
        auto random = kept;
        random.hollow = true;
        const auto intervals = keptIntervals(*edges, result);
        if (!intervals.empty())
            data.filled = QStringLiteral("best edges, 95 % interval over pairs");
        for (std::size_t i = 0; i < curve.kept.size(); ++i) {
            const auto x = static_cast<double>(
                std::distance(sizes.begin(), sizes.find(result.circuits.sizes[i])));
            if (!std::isnan(curve.kept[i]))
                kept.curve.emplace_back(x, curve.kept[i]);
            if (i < intervals.size() && intervals[i].isThere() && !std::isnan(curve.kept[i]))
                kept.band.push_back({x, intervals[i].low, intervals[i].high});
            if (i < curve.random.size() && !std::isnan(curve.random[i])) {
                random.curve.emplace_back(x, curve.random[i]);
                random.band.push_back({x, curve.randomLow[i], curve.randomHigh[i]});
            }
        }
        data.series.push_back(std::move(kept));
        if (!random.curve.empty())
            data.series.push_back(std::move(random));
    }
    return data;
}

QString pairsText(const EdgeGrid& edges) {
    return edges.pairs > 1
               ? QStringLiteral("mean of %1")
                     .arg(countText(static_cast<qint64>(edges.pairs), QStringLiteral("pair")))
               : QString();
}

QString checkedText(const EdgeGrid& edges) {
    std::size_t all = 0;
    for (Eigen::Index i = 0; i < edges.mean.size(); ++i)
        all += std::isnan(edges.mean.data()[i]) ? 0 : 1;
    return QStringLiteral("%1 of %2")
        .arg(QLocale::c().toString(static_cast<qulonglong>(edges.checked.size())),
             countText(static_cast<qint64>(all), QStringLiteral("edge")));
}

QString edgesVerdict(const std::vector<PatchColumn>& columns, PatchMethod method) {
    struct OfModel {
        QString name, pearson, error, half;
    };
    std::vector<OfModel> models;
    QString unit;
    for (const auto& column : columns) {
        const auto* edges = edgesOf(*column.result, method);
        const auto agreement =
            edges == nullptr ? std::nullopt : edgeAgreement(checkedEdges(*edges));
        if (!agreement)
            continue;
        OfModel model{column.name, correlationText(agreement->pearson),
                      threeDigits(agreement->meanError), QStringLiteral("–")};
        const auto curve = faithfulnessCurve(*edges, *column.result);
        for (std::size_t i = 0; i < curve.kept.size(); ++i)
            if (curve.kept[i] >= 0.5) {
                model.half = sizeName(column.result->circuits.sizes[i]);
                break;
            }
        models.push_back(std::move(model));
        unit = QString::fromStdString(unitOf(column.result->request.metric));
    }
    if (models.empty())
        return {};
    const auto each = [&](QString OfModel::*what) {
        return ofEach(models, [&](const OfModel& model) { return model.*what; });
    };
    return QObject::tr("%1%2 agrees with the best edges patched exactly by Pearson's r = %3 and is "
                       "off by %4 %5 an edge in the mean; half of the gap is there with the best "
                       "%6 edges kept")
        .arg(whose(models), methodTitle(method), each(&OfModel::pearson), each(&OfModel::error),
             unit, each(&OfModel::half));
}

} // namespace residuum
