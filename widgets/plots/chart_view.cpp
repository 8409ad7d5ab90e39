#include "widgets/plots/chart_view.h"

#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/plot_controller.h"
#include "widgets/plots/plot_surface.h"

#include <algorithm>

namespace residuum {

class ChartView::Private {
  public:
    explicit Private(ChartView* owner)
        : view(owner), theme(PlotTheme::of(owner->palette(), owner->font())) {
        surface = new PlotSurface(
            owner, [this](QCPPainter& painter) { drawContent(painter); },
            [this](QCPPainter& painter) { drawOverlay(painter); });
        surface->setBackground(theme.background);
        PlotController::Hooks hooks;
        hooks.thingAt = [owner](const QPoint& point) { return owner->thingAt(point); };
        hooks.neighbour = [this](std::optional<Thing> from, int dx, int) {
            return neighbour(from, dx);
        };
        hooks.describe = [this](const Thing& thing) { return describe(thing); };
        hooks.hint = [this](const QPoint& point) {
            const auto& placed = frame();
            return placed.yTitleRect.contains(point) && placed.yTitle != placed.y.title
                       ? placed.y.title
                       : QString();
        };
        hooks.restyled = [this] {
            theme = PlotTheme::of(view->palette(), view->font());
            surface->setBackground(theme.background);
            surface->markContent();
        };
        hooks.resized = [this] {
            surface->setGeometry(view->rect());
            surface->markContent();
        };
        hooks.marksChanged = [this] { surface->markOverlay(); };
        hooks.hovered = [owner](std::optional<Thing> thing) { Q_EMIT owner->hovered(thing); };
        hooks.clicked = [owner](const Thing& thing) { Q_EMIT owner->clicked(thing); };
        controller = std::make_unique<PlotController>(owner, std::move(hooks));
    }

    const PlotFrame& frame() {
        placed_ = chartFrame(data, range, view->size(), theme);
        surface->setFrame(placed_);
        return placed_;
    }

    std::optional<std::size_t> placeOf(const Thing& thing) const {
        for (std::size_t i = 0; i < data.categories.size(); ++i)
            if (data.categories[i].thing == thing)
                return i;
        return std::nullopt;
    }

    ChartView* view;
    ChartData data;
    AxisRange range;
    bool stale = false;
    QString emptyText;
    std::vector<Pin> pins;
    PlotTheme theme;
    PlotSurface* surface = nullptr; ///< child of the view
    /// Its hooks speak of all of the above: it hears no event once that goes.
    std::unique_ptr<PlotController> controller;

  private:
    std::optional<Thing> neighbour(std::optional<Thing> from, int dx) const {
        const auto at = from ? placeOf(*from) : std::nullopt;
        const auto next = at ? static_cast<std::ptrdiff_t>(*at) + dx : 0;
        if (next < 0 || next >= static_cast<std::ptrdiff_t>(data.categories.size()))
            return std::nullopt;
        return data.categories[static_cast<std::size_t>(next)].thing;
    }

    QString describe(const Thing& thing) const {
        const auto place = placeOf(thing);
        if (!place)
            return {};
        auto text = data.categories[*place].label;
        for (const auto& series : data.series)
            if (*place < series.boxes.size() && series.boxes[*place])
                text += QStringLiteral(" · %1: mean %2, median %3")
                            .arg(series.name, threeDigits(series.boxes[*place]->mean),
                                 threeDigits(series.boxes[*place]->median));
        return text;
    }

    void drawContent(QCPPainter& painter) {
        if (data.empty())
            drawSentence(painter, view->rect(), theme, emptyText);
        else
            drawChart(painter, data, frame(), theme, stale ? 0.35 : 1.0);
    }

    void drawOverlay(QCPPainter& painter) {
        if (data.empty())
            return;
        const auto& placed = frame();
        for (const auto& pin : pins)
            if (const auto place = placeOf(pin.thing))
                drawCategoryMark(painter, placed, *place, pin.colour, theme);
        if (const auto hovered = controller->hovered())
            if (const auto place = placeOf(*hovered))
                drawCategoryMark(painter, placed, *place, theme.ink, theme);
        if (controller->showsFocus()) {
            painter.setPen(QPen(theme.focus, 1.0));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(placed.area.adjusted(1.5, 1.5, -1.5, -1.5));
        }
    }

    PlotFrame placed_;
};

ChartView::ChartView(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(this)) {
    setAccessibleName(tr("Chart"));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 7 * metrics.height());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

ChartView::~ChartView() = default;

void ChartView::setData(const ChartData& data) {
    d_->data = data;
    d_->controller->describeAgain();
    d_->surface->markContent();
    d_->surface->markOverlay();
}

void ChartView::setRange(const AxisRange& range) {
    if (range == d_->range)
        return;
    d_->range = range;
    d_->surface->markContent();
}

void ChartView::setStale(bool stale) {
    if (stale == d_->stale)
        return;
    d_->stale = stale;
    d_->surface->markContent();
}

void ChartView::setEmptyText(const QString& text) {
    d_->emptyText = text;
    d_->surface->markContent();
}

std::optional<Thing> ChartView::thingAt(const QPoint& point) const {
    const auto& placed = d_->frame();
    for (std::size_t i = 0; i < d_->data.categories.size(); ++i)
        if (d_->data.categories[i].thing && categoryRect(placed, i).contains(point))
            return d_->data.categories[i].thing;
    return std::nullopt;
}

QPoint ChartView::centreOf(const Thing& thing) const {
    const auto place = d_->placeOf(thing);
    return place ? categoryRect(d_->frame(), *place).center().toPoint() : QPoint();
}

const ChartData& ChartView::data() const {
    return d_->data;
}

void ChartView::setHovered(std::optional<Thing> thing) {
    d_->controller->setHovered(thing);
}

void ChartView::setPins(const std::vector<Pin>& pins) {
    if (pins == d_->pins)
        return;
    d_->pins = pins;
    d_->surface->markOverlay();
}

} // namespace residuum
