#include "widgets/plots/framed_view.h"

#include "widgets/plots/plot_surface.h"

namespace residuum {

FramedView::FramedView(const QString& accessibleName, QWidget* parent)
    : PlotView(accessibleName, parent) {
    surface_ = new PlotSurface(
        this,
        [this](QCPPainter& painter) {
            if (isEmpty())
                drawSentence(painter, rect(), theme(), emptyText());
            else
                drawContent(painter, frame());
        },
        [this](QCPPainter& painter) {
            if (isEmpty())
                return;
            painter.save();
            painter.setAntialiasing(true);
            painter.setBrush(Qt::NoBrush);
            if (showsFocus()) {
                painter.setPen(QPen(theme().focus, 1.0));
                painter.drawRect(frame().area.marginsAdded(focusMargins()));
            }
            drawMarks(painter, frame());
            painter.restore();
        });
    surface_->setBackground(theme().background);
}

const PlotFrame& FramedView::frame() const {
    if (frameValid_ && frameSize_ == size())
        return frame_;
    frame_ = layOut(size());
    frameSize_ = size();
    frameValid_ = true;
    surface_->setFrame(frame_);
    return frame_;
}

QString FramedView::hint(const QPoint& point) const {
    const auto& placed = frame();
    const auto isShort = [](QString title, const QString& whole) {
        return title.replace(QLatin1Char('\n'), QLatin1Char(' ')) != whole;
    };
    const auto& area = placed.area;
    if (point.y() > area.bottom() && isShort(placed.xTitle, placed.x.title))
        return placed.x.title;
    if (point.x() < area.left() && isShort(placed.yTitle, placed.y.title))
        return placed.y.title;
    return {};
}

void FramedView::redraw() {
    frameValid_ = false;
    surface_->setBackground(theme().background);
    surface_->setGeometry(rect());
    surface_->markContent();
}

void FramedView::redrawMarks() {
    surface_->markOverlay();
}

} // namespace residuum
