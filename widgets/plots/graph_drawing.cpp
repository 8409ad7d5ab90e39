#include "widgets/plots/graph_drawing.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/pin_mark.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

namespace {

/// Sizes that follow from the type, and how levels become lines.
class Lines {
  public:
    Lines(const GraphData& data, double width, const PlotTheme& theme)
        : metrics_(theme.tickMetrics()), height_(metrics_.height()) {
        for (const auto& node : data.nodes) {
            const double own = metrics_.horizontalAdvance(node.label) + 0.7 * height_;
            (node.beside ? beside_ : widest_) = std::max(node.beside ? beside_ : widest_, own);
            levels_[node.level].count += node.beside ? 0 : 1;
        }
        for (const auto& level : data.levels)
            names_ = std::max(names_, metrics_.horizontalAdvance(level.label));
        left_ = names_ + 0.5 * height_;
        room_ = std::max(width - left_ - (beside_ > 0.0 ? beside_ + 0.5 * height_ : 0.0), widest_);
        const int most = std::max(1, static_cast<int>(room_ / (widest_ + 0.4 * height_)));
        for (auto& [level, line] : levels_) {
            line.first = count_;
            line.lines = std::max(1, (line.count + most - 1) / most);
            line.columns = std::max(1, (line.count + line.lines - 1) / line.lines);
            count_ += line.lines;
        }
    }

    struct Level {
        int count = 0; ///< of nodes that do not stand beside it
        int first = 0, lines = 1;
        int columns = 1; ///< of them in a line, at most
    };

    const Level& of(int level) const { return levels_.at(level); }
    const std::map<int, Level>& levels() const { return levels_; }
    int count() const { return std::max(1, count_); }
    double left() const { return left_; }
    double room() const { return room_; }
    double besideWidth() const { return beside_; }
    double textHeight() const { return height_; }
    const QFontMetricsF& metrics() const { return metrics_; }

  private:
    QFontMetricsF metrics_;
    double height_, widest_ = 0.0, beside_ = 0.0, names_ = 0.0, left_ = 0.0, room_ = 0.0;
    std::map<int, Level> levels_;
    int count_ = 0;
};

/// Below half a line as high as this over its text nodes have no names.
constexpr double leastLine = 1.12;

QPainterPath pathOf(const QRectF& from, const QRectF& to, double at, double line) {
    const QPointF begin(from.center().x(), from.top()),
        end(to.left() + at * to.width(), to.bottom());
    const double rise = std::max(0.45 * (begin.y() - end.y()), 0.35 * line);
    QPainterPath path(begin);
    path.cubicTo(begin - QPointF(0.0, rise), end + QPointF(0.0, rise), end);
    return path;
}

double thickness(const GraphEdge& edge, const GraphData& data, const PlotTheme& theme) {
    const double share = std::clamp(std::abs(edge.value) / data.limit, 0.0, 1.0);
    return theme.unit * (0.5 + 5.0 * share);
}

QColor colourOfEdge(const GraphEdge& edge, const PlotTheme& theme) {
    // The ends of the scale that maps have for signed values, short of their darkest.
    auto colour = colourOf(edge.value < 0.0 ? -0.8 : 0.8, {}, theme.dark);
    colour.setAlphaF(0.75F);
    return colour;
}

double distance(const QPainterPath& path, const QPointF& point) {
    constexpr int steps = 32;
    double least = INFINITY;
    auto before = path.pointAtPercent(0.0);
    for (int i = 1; i <= steps; ++i) {
        const auto next = path.pointAtPercent(static_cast<double>(i) / steps);
        const auto along = next - before;
        const double length = QPointF::dotProduct(along, along);
        const double share =
            length > 0.0 ? std::clamp(QPointF::dotProduct(point - before, along) / length, 0.0, 1.0)
                         : 0.0;
        const auto apart = point - (before + share * along);
        least = std::min(least, std::sqrt(QPointF::dotProduct(apart, apart)));
        before = next;
    }
    return least;
}

void drawNode(QPainter& painter, const GraphNode& node, const QRectF& rect, bool isNamed,
              const QColor& frame, double width, const PlotTheme& theme) {
    painter.setPen(QPen(frame, width * theme.unit));
    painter.setBrush(theme.area);
    const double radius = isNamed ? 0.3 * rect.height() : 0.5 * rect.height();
    painter.drawRoundedRect(rect, radius, radius);
    if (!isNamed)
        return;
    painter.setPen(theme.ink);
    painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip, node.label);
}

} // namespace

std::optional<std::size_t> GraphLayout::at(const QPointF& point, double reach) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (!nodes[i].isNull() && nodes[i].contains(point))
            return edges.size() + i;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < edges.size(); ++i)
        if (const double apart = distance(edges[i], point); apart < reach) {
            reach = apart;
            best = i;
        }
    return best;
}

GraphLayout layOutGraph(const GraphData& data, const QSizeF& size, const PlotTheme& theme) {
    const Lines lines(data, size.width(), theme);
    const double text = lines.textHeight();
    // Half a line above for what stands beside the highest.
    const double line = (size.height() - 1.25 * text) / (lines.count() - 0.5);
    GraphLayout layout;
    layout.isNamed = line >= leastLine * text;
    const double height = layout.isNamed ? 1.1 * text : std::max(0.4 * line, 3.0 * theme.unit);
    const auto y = [&](double place) { return size.height() - 0.6 * text - place * line; };
    std::map<int, int> placed;
    for (const auto& node : data.nodes) {
        const auto& level = lines.of(node.level);
        const int nth = node.beside ? 0 : placed[node.level]++;
        if (!node.shown) {
            layout.nodes.emplace_back();
            continue;
        }
        const double width =
            layout.isNamed ? lines.metrics().horizontalAdvance(node.label) + 0.5 * text : height;
        const double x =
            node.beside ? size.width() - lines.besideWidth() / 2.0
                        : lines.left() + lines.room() * (nth / level.lines + 0.5) / level.columns;
        const double place =
            node.beside ? level.first + level.lines - 0.5 : level.first + nth % level.lines;
        layout.nodes.emplace_back(x - width / 2.0, y(place) - height / 2.0, width, height);
    }
    for (const auto& edge : data.edges)
        layout.edges.push_back(
            pathOf(layout.nodes[edge.from], layout.nodes[edge.to], edge.at, line));
    double free = INFINITY; // below the last name
    for (const auto& name : data.levels) {
        const auto found = lines.levels().find(static_cast<int>(name.position));
        if (found == lines.levels().end())
            continue;
        const double centre = y(found->second.first + (found->second.lines - 1) / 2.0);
        const QRectF rect(0.0, centre - text / 2.0, lines.left(), text);
        if (rect.bottom() > free)
            continue;
        free = rect.top();
        layout.levels.push_back({rect, name.label});
    }
    return layout;
}

double graphHeight(const GraphData& data, double width, const PlotTheme& theme) {
    const Lines lines(data, width, theme);
    return lines.textHeight() * (2.1 * (lines.count() - 0.5) + 1.25);
}

void drawGraph(QPainter& painter, const GraphData& data, const GraphLayout& layout,
               const PlotTheme& theme, double opacity) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setFont(theme.tickFont);
    painter.setPen(theme.quiet);
    for (const auto& name : layout.levels)
        painter.drawText(name.rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, name.text);
    painter.setOpacity(opacity);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = data.edges.size(); i-- > 0;) { // the largest above the others
        painter.setPen(QPen(colourOfEdge(data.edges[i], theme),
                            thickness(data.edges[i], data, theme), Qt::SolidLine, Qt::FlatCap));
        painter.drawPath(layout.edges[i]);
    }
    for (std::size_t i = 0; i < data.nodes.size(); ++i)
        if (!layout.nodes[i].isNull())
            drawNode(painter, data.nodes[i], layout.nodes[i], layout.isNamed, theme.quiet, 0.8,
                     theme);
    painter.restore();
}

void drawGraphMark(QPainter& painter, const GraphData& data, const GraphLayout& layout,
                   const Thing& thing, const QColor& colour, const PlotTheme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setFont(theme.tickFont);
    std::vector<bool> ends(data.nodes.size(), false);
    for (std::size_t i = 0; i < data.nodes.size(); ++i)
        ends[i] = data.nodes[i].thing == thing;
    std::vector<bool> marked = ends;
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < data.edges.size(); ++i) {
        const auto& edge = data.edges[i];
        if (edge.thing != thing && !ends[edge.from] && !ends[edge.to])
            continue;
        painter.setPen(QPen(colour, std::max(thickness(edge, data, theme), 1.6 * theme.unit),
                            Qt::SolidLine, Qt::FlatCap));
        painter.drawPath(layout.edges[i]);
        marked[edge.from] = marked[edge.to] = true;
    }
    for (std::size_t i = 0; i < data.nodes.size(); ++i)
        if (marked[i] && !layout.nodes[i].isNull())
            drawNode(painter, data.nodes[i], layout.nodes[i], layout.isNamed, colour, 1.6, theme);
    painter.restore();
}

void drawGraphPin(QPainter& painter, const GraphData& data, const GraphLayout& layout,
                  const Pin& pin, const PlotTheme& theme) {
    painter.setFont(theme.tickFont);
    const auto size = pinLetterSize(pin, theme);
    const auto letter = [&](const QPointF& at) {
        drawPinLetter(painter, at - QPointF(size.width() / 2.0, size.height() / 2.0), pin, theme);
    };
    for (std::size_t i = 0; i < data.edges.size(); ++i)
        if (data.edges[i].thing == pin.thing) {
            drawGraphMark(painter, data, layout, pin.thing, pin.colour, theme);
            letter(layout.edges[i].pointAtPercent(0.5));
        }
    for (std::size_t i = 0; i < data.nodes.size(); ++i)
        if (data.nodes[i].thing == pin.thing && !layout.nodes[i].isNull()) {
            drawNode(painter, data.nodes[i], layout.nodes[i], layout.isNamed, pin.colour, 2.0,
                     theme);
            letter(layout.nodes[i].topRight());
        }
}

QString graphEdgeText(const GraphEdge& edge, const QString& unit) {
    auto text = QStringLiteral("%1: %2 %3").arg(edge.label, threeDigits(edge.value), unit);
    if (!std::isnan(edge.exact))
        text += QStringLiteral(", exact %1 %2").arg(threeDigits(edge.exact), unit);
    return text;
}

} // namespace residuum
