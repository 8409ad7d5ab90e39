#include "widgets/plots/token_strip_view.h"

#include "widgets/plots/plot_controller.h"
#include "widgets/plots/plot_frame.h"
#include "widgets/plots/token_strip_drawing.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double margin = 6.0;

} // namespace

class TokenStripView::Private {
  public:
    explicit Private(TokenStripView* owner)
        : view(owner), theme(PlotTheme::of(owner->palette(), owner->font())) {
        PlotController::Hooks hooks;
        hooks.thingAt = [this](const QPoint& point) {
            point_ = point;
            const auto* cell = cellAt(point);
            Q_EMIT view->valueHovered(cell == nullptr ? std::nullopt : valueOf(*cell));
            return view->thingAt(point);
        };
        hooks.neighbour = [this](std::optional<Thing> from, int, int dy) {
            return neighbour(from, dy);
        };
        hooks.describe = [this](const Thing& thing) { return describe(thing); };
        hooks.hint = [](const QPoint&) { return QString(); };
        hooks.restyled = [this] {
            theme = PlotTheme::of(view->palette(), view->font());
            layOut();
        };
        hooks.resized = [this] { layOut(); };
        hooks.marksChanged = [this] { view->update(); };
        hooks.hovered = [owner](std::optional<Thing> thing) { Q_EMIT owner->hovered(thing); };
        hooks.clicked = [owner](const Thing& thing) { Q_EMIT owner->clicked(thing); };
        controller = std::make_unique<PlotController>(owner, std::move(hooks));
    }

    double roomOf(int width) const { return std::max(1.0, width - 2.0 * margin); }

    void layOut() {
        layout = layOutTokenStrips(strips, roomOf(view->width()), theme);
        view->updateGeometry();
        view->update();
    }

    const TokenStripLayout::Cell* cellAt(const QPoint& point) const {
        return layout.cellAt(point - QPointF(margin, margin));
    }

    std::optional<double> valueOf(const TokenStripLayout::Cell& cell) const {
        const auto& values = strips.blocks[cell.block].rows[cell.row].values;
        return cell.token < values.size() && !std::isnan(values[cell.token])
                   ? std::optional(values[cell.token])
                   : std::nullopt;
    }

    std::optional<std::size_t> placeOf(const Thing& thing) const {
        for (std::size_t b = 0; b < strips.blocks.size(); ++b)
            if (strips.blocks[b].thing == thing)
                return b;
        return std::nullopt;
    }

    TokenStripView* view;
    TokenStrips strips;
    QString emptyText;
    std::vector<Pin> pins;
    PlotTheme theme;
    TokenStripLayout layout;
    /// Its hooks speak of all of the above: it hears no event once that goes.
    std::unique_ptr<PlotController> controller;

  private:
    std::optional<Thing> neighbour(std::optional<Thing> from, int dy) const {
        const auto at = from ? placeOf(*from) : std::nullopt;
        const auto next = at ? static_cast<std::ptrdiff_t>(*at) + dy : 0;
        if (next < 0 || next >= static_cast<std::ptrdiff_t>(strips.blocks.size()))
            return std::nullopt;
        return strips.blocks[static_cast<std::size_t>(next)].thing;
    }

    /// The token under the pointer, in every model.
    QString describe(const Thing& thing) const {
        const auto place = placeOf(thing);
        if (!place)
            return {};
        const auto& block = strips.blocks[*place];
        auto text = block.label;
        const auto* cell = cellAt(point_);
        if (cell == nullptr || cell->block != *place)
            return text;
        text += QStringLiteral(" · %1").arg(strips.tokens[static_cast<qsizetype>(cell->token)]);
        for (std::size_t r = 0; r < block.rows.size(); ++r) {
            const auto value = valueOf({{}, cell->block, r, cell->token});
            text += QStringLiteral(" · %1: %2")
                        .arg(block.rows[r].name, value ? threeDigits(*value) : QStringLiteral("–"));
        }
        return text;
    }

    QPoint point_;
};

TokenStripView::TokenStripView(QWidget* parent)
    : QWidget(parent), d_(std::make_unique<Private>(this)) {
    setAccessibleName(tr("tokens coloured by activation"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

TokenStripView::~TokenStripView() = default;

void TokenStripView::setStrips(const TokenStrips& strips) {
    d_->strips = strips;
    d_->layOut();
    d_->controller->describeAgain();
}

void TokenStripView::setEmptyText(const QString& text) {
    d_->emptyText = text;
    update();
}

const TokenStrips& TokenStripView::strips() const {
    return d_->strips;
}

std::optional<Thing> TokenStripView::thingAt(const QPoint& point) const {
    const auto block = d_->layout.blockAt(point - QPointF(margin, margin));
    return block ? d_->strips.blocks[*block].thing : std::nullopt;
}

QPoint TokenStripView::centreOf(const Thing& thing) const {
    const auto place = d_->placeOf(thing);
    return place ? (d_->layout.labels[*place].rect.center() + QPointF(margin, margin)).toPoint()
                 : QPoint();
}

int TokenStripView::heightForWidth(int width) const {
    return static_cast<int>(std::ceil(
        layOutTokenStrips(d_->strips, d_->roomOf(width), d_->theme).height + 2.0 * margin));
}

QSize TokenStripView::sizeHint() const {
    const int width = std::max(40 * fontMetrics().averageCharWidth(), this->width());
    return {width, heightForWidth(width)};
}

void TokenStripView::setHovered(std::optional<Thing> thing) {
    d_->controller->setHovered(thing);
}

void TokenStripView::setPins(const std::vector<Pin>& pins) {
    if (pins == d_->pins)
        return;
    d_->pins = pins;
    update();
}

void TokenStripView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), d_->theme.background);
    if (d_->strips.empty()) {
        drawSentence(painter, rect(), d_->theme, d_->emptyText);
        return;
    }
    painter.translate(margin, margin);
    drawTokenStrips(painter, d_->strips, d_->layout, d_->theme, d_->pins,
                    QRectF(event->rect()).translated(-margin, -margin), d_->controller->hovered());
}

} // namespace residuum
