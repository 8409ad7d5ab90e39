#include "widgets/plots/token_strip_view.h"

#include "widgets/plots/plot_frame.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double margin = 6.0;

double roomOf(int width) {
    return std::max(1.0, width - 2.0 * margin);
}

} // namespace

TokenStripView::TokenStripView(QWidget* parent)
    : PlotView(tr("tokens coloured by their numbers"), parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void TokenStripView::setStrips(const TokenStrips& strips) {
    strips_ = strips;
    contentChanged();
}

void TokenStripView::redraw() {
    layout_ = layOutTokenStrips(strips_, roomOf(width()), theme());
    updateGeometry();
    update();
}

const TokenStripLayout::Cell* TokenStripView::cellAt(const QPoint& point) const {
    return layout_.cellAt(point - QPointF(margin, margin));
}

std::optional<double> TokenStripView::valueOf(const TokenStripLayout::Cell& cell) const {
    const auto& values = strips_.blocks[cell.block].rows[cell.row].values;
    return cell.token < values.size() && !std::isnan(values[cell.token])
               ? std::optional(values[cell.token])
               : std::nullopt;
}

std::optional<std::size_t> TokenStripView::blockOf(const Thing& thing) const {
    for (std::size_t b = 0; b < strips_.blocks.size(); ++b)
        if (strips_.blocks[b].thing == thing)
            return b;
    return std::nullopt;
}

std::optional<Thing> TokenStripView::thingAt(const QPoint& point) const {
    const auto block = layout_.blockAt(point - QPointF(margin, margin));
    return block ? strips_.blocks[*block].thing : std::nullopt;
}

QPoint TokenStripView::centreOf(const Thing& thing) const {
    const auto block = blockOf(thing);
    return block ? (layout_.labels[*block].rect.center() + QPointF(margin, margin)).toPoint()
                 : QPoint();
}

void TokenStripView::pointAt(const QPoint& point) {
    point_ = point;
    const auto* cell = cellAt(point);
    Q_EMIT valueHovered(cell == nullptr ? std::nullopt : valueOf(*cell));
}

std::optional<Thing> TokenStripView::neighbour(const std::optional<Thing>& from, int,
                                               int dy) const {
    const auto at = from ? blockOf(*from) : std::nullopt;
    const auto next = at ? static_cast<std::ptrdiff_t>(*at) + dy : 0;
    return next < 0 || next >= static_cast<std::ptrdiff_t>(strips_.blocks.size())
               ? std::nullopt
               : strips_.blocks[static_cast<std::size_t>(next)].thing;
}

QString TokenStripView::cellText(const TokenStripLayout::Cell& cell) const {
    auto text = QStringLiteral(" · %1").arg(strips_.tokens[static_cast<qsizetype>(cell.token)]);
    const auto& rows = strips_.blocks[cell.block].rows;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto value = valueOf({{}, cell.block, r, cell.token});
        const auto number = value ? threeDigits(*value) : QStringLiteral("–");
        text += rows[r].name.isEmpty() ? QStringLiteral(" · %1 %2").arg(number, strips_.scale.unit)
                                       : QStringLiteral(" · %1: %2").arg(rows[r].name, number);
    }
    return text;
}

/// Of blocks that are about no thing.
QString TokenStripView::hint(const QPoint& point) const {
    const auto* cell = cellAt(point);
    return cell == nullptr ? QString() : QString::number(cell->token) + cellText(*cell);
}

/// The token under the pointer, in every model.
QString TokenStripView::describe(const Thing& thing) const {
    const auto place = blockOf(thing);
    if (!place)
        return {};
    const auto& block = strips_.blocks[*place];
    auto text = block.label;
    const auto* cell = cellAt(point_);
    if (cell == nullptr || cell->block != *place)
        return text;
    return text + cellText(*cell);
}

int TokenStripView::heightForWidth(int width) const {
    // A sentence stands where there is nothing to show.
    const double content = strips_.empty()
                               ? 2.0 * fontMetrics().height()
                               : layOutTokenStrips(strips_, roomOf(width), theme()).height;
    return static_cast<int>(std::ceil(content + 2.0 * margin));
}

QSize TokenStripView::sizeHint() const {
    const int width = std::max(40 * fontMetrics().averageCharWidth(), this->width());
    return {width, heightForWidth(width)};
}

void TokenStripView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), theme().background);
    if (strips_.empty()) {
        drawSentence(painter, rect(), theme(), emptyText());
        return;
    }
    if (isStale())
        painter.setOpacity(0.35);
    painter.translate(margin, margin);
    if (isStale())
        painter.setOpacity(0.35);
    drawTokenStrips(painter, strips_, layout_, theme(), pins(),
                    QRectF(event->rect()).translated(-margin, -margin), hoveredThing());
}

} // namespace residuum
