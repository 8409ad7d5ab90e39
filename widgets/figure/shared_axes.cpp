#include "widgets/figure/shared_axes.h"

#include "widgets/figure/figure_difference.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace residuum {

namespace {

/// Every panel that holds a `Content`.
template <class Content, class Panels, class Use>
void forEach(Panels& panels, const Use& use) {
    for (auto& panel : panels)
        if (auto* content = std::get_if<Content>(&panel.content))
            use(*content, panel);
}

/// The difference of two models' heatmaps, or texts, as a further panel; where there is none the
/// caption says why.
void addDifference(Figure& figure, const FigurePanel& first, const FigurePanel& second,
                   const ScaleEnd& end) {
    auto difference = differenceOf(first, second, end);
    if (!difference.obstacle.isEmpty())
        figure.caption += QLatin1Char(' ') + difference.obstacle;
    else if (!difference.note.isEmpty())
        figure.caption += QStringLiteral(" In the difference %1.").arg(difference.note);
    if (difference.obstacle.isEmpty())
        figure.panels.push_back(std::move(difference.panel));
}

} // namespace

ColourScale scaleOf(const std::vector<FigurePanel>& panels, ColourScale scale,
                    const ScaleEnd& end) {
    std::vector<double> all;
    forEach<HeatmapFigure>(panels, [&](const HeatmapFigure& heatmap, const FigurePanel&) {
        all.insert(all.end(), heatmap.data.values.begin(), heatmap.data.values.end());
    });
    forEach<TokenStripFigure>(panels, [&](const TokenStripFigure& tokens, const FigurePanel&) {
        for (const auto& block : tokens.strips.blocks)
            for (const auto& row : block.rows)
                all.insert(all.end(), row.values.begin(), row.values.end());
    });
    fitScale(scale, all, end);
    return scale;
}

const ColourScale& scaleOf(const FigurePanel& panel) {
    const auto* heatmap = std::get_if<HeatmapFigure>(&panel.content);
    return heatmap ? heatmap->data.scale : std::get<TokenStripFigure>(panel.content).strips.scale;
}

void setScale(std::vector<FigurePanel>& panels, const ColourScale& scale) {
    forEach<HeatmapFigure>(
        panels, [&](HeatmapFigure& heatmap, const FigurePanel&) { heatmap.data.scale = scale; });
    forEach<TokenStripFigure>(
        panels, [&](TokenStripFigure& tokens, const FigurePanel&) { tokens.strips.scale = scale; });
}

QString shareScale(std::vector<FigurePanel>& panels, ColourScale scale, const ScaleEnd& end) {
    scale = scaleOf(panels, scale, end);
    setScale(panels, scale);
    forEach<HeatmapFigure>(panels, [&](const HeatmapFigure& heatmap, FigurePanel& panel) {
        if (const auto beyond = beyondText(heatmap.data); !beyond.isEmpty())
            panel.notes << beyond;
    });
    return clippedText(scale);
}

namespace {

double farthest(const std::optional<AxisRange>& interval) {
    return interval ? std::max(std::abs(interval->first), std::abs(interval->last)) : 0.0;
}

} // namespace

void shareLimit(std::vector<FigurePanel>& panels, std::optional<double> limit) {
    double most = 0.0;
    forEach<ScatterFigure>(panels, [&](const ScatterFigure& scatter, const FigurePanel&) {
        for (const auto& point : scatter.data.points)
            most = std::max({most, std::abs(point.x), std::abs(point.y), farthest(point.xInterval),
                             farthest(point.yInterval)});
    });
    forEach<ScatterFigure>(panels, [&](ScatterFigure& scatter, const FigurePanel&) {
        scatter.limit = limit.value_or(most > 0.0 ? most * 1.05 : 1.0);
    });
}

void shareAxes(std::vector<FigurePanel>& panels) {
    AxisRange x{INFINITY, -INFINITY}, y = x;
    forEach<ScatterFigure>(panels, [&](const ScatterFigure& scatter, const FigurePanel&) {
        for (const auto& point : scatter.data.points)
            if (const double along = scatter.data.along(point);
                std::isfinite(point.x) && std::isfinite(along)) {
                x = {std::min(x.first, point.x), std::max(x.last, point.x)};
                y = {std::min(y.first, along), std::max(y.last, along)};
            }
    });
    for (auto* range : {&x, &y})
        if (!(range->last > range->first)) // one point, or none
            *range = {std::isfinite(range->first) ? range->first - 1.0 : 0.0,
                      std::isfinite(range->last) ? range->last + 1.0 : 1.0};
    forEach<ScatterFigure>(panels, [&](ScatterFigure& scatter, const FigurePanel&) {
        scatter.data.x = x;
        scatter.data.y = y;
    });
}

void shareRange(std::vector<FigurePanel>& panels, std::optional<double> limit) {
    std::optional<AxisRange> shared;
    bool logarithmic = false;
    forEach<ChartFigure>(panels, [&](const ChartFigure& chart, const FigurePanel&) {
        logarithmic = chart.data.logarithmic;
        if (const auto range = valueRange(chart.data))
            shared = shared ? AxisRange{std::min(shared->first, range->first),
                                        std::max(shared->last, range->last)}
                            : *range;
    });
    auto range = shared.value_or(AxisRange{0.0, 1.0});
    if (limit)
        range.last = logarithmic ? std::max(std::log10(*limit), range.first + 1.0) : *limit;
    forEach<ChartFigure>(panels,
                         [&](ChartFigure& chart, const FigurePanel&) { chart.range = range; });
}

bool isEmpty(const FigurePanel& panel) {
    if (const auto* heatmap = std::get_if<HeatmapFigure>(&panel.content))
        return heatmap->data.values.empty();
    if (const auto* scatter = std::get_if<ScatterFigure>(&panel.content))
        return scatter->data.points.empty() && scatter->data.groups.empty();
    if (const auto* chart = std::get_if<ChartFigure>(&panel.content))
        return chart->data.empty();
    return false;
}

void addPanels(Figure& figure, std::vector<FigurePanel> panels) {
    for (auto& panel : panels)
        if (!isEmpty(panel))
            figure.panels.push_back(std::move(panel));
}

void addCompared(Figure& figure, std::vector<FigurePanel> panels, const ColourScale& usual,
                 const FigureRequest& request) {
    const auto holds = [&]<class Content>(std::type_identity<Content>) {
        return !panels.empty() && std::holds_alternative<Content>(panels.front().content);
    };
    const bool cells = holds(std::type_identity<HeatmapFigure>()),
               texts = holds(std::type_identity<TokenStripFigure>());
    shareLimit(panels, request.limit);
    shareRange(panels, request.limit);
    if (cells || texts) {
        const auto clipped = shareScale(panels, usual, {request.limit, request.fullRange});
        if (!clipped.isEmpty())
            figure.caption +=
                QStringLiteral(" %1 with a corner cut off are beyond the scale: %2.")
                    .arg(cells ? QStringLiteral("Cells") : QStringLiteral("Tokens"), clipped);
    }
    addPanels(figure, panels);
    const auto model = [&](int place) -> const FigurePanel& {
        return panels.at(static_cast<std::size_t>(place));
    };
    if ((cells || (texts && panels.size() > 1)) && request.difference && !figure.panels.empty())
        addDifference(figure, model(request.difference->first), model(request.difference->second),
                      {std::nullopt, request.fullRange}); // a limit is of the models' scale
}

void setPins(Figure& figure, const std::vector<Pin>& pins) {
    for (auto& panel : figure.panels)
        std::visit(
            [&](auto& content) {
                if constexpr (requires { content.pins; })
                    content.pins = pins;
            },
            panel.content);
}

} // namespace residuum
