#include "widgets/plots/plot_surface.h"

#include <utility>

namespace residuum {

namespace {

/// Draws by a function, which makes QCustomPlot's layers available to code that is no plottable.
class Drawn : public QCPLayerable {
  public:
    Drawn(QCustomPlot* plot, const QString& layer, PlotSurface::Draw draw)
        : QCPLayerable(plot, layer), draw_(std::move(draw)) {}

  protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
        painter->setAntialiasing(true);
    }
    void draw(QCPPainter* painter) override { draw_(*painter); }

  private:
    PlotSurface::Draw draw_;
};

} // namespace

PlotSurface::PlotSurface(QWidget* parent, Draw content, Draw overlay) : QCustomPlot(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    setPlottingHint(QCP::phImmediateRefresh, false);
    setInteractions(QCP::Interactions());
    for (QCPAxis* axis : axisRect()->axes())
        axis->setVisible(false);
    axisRect()->setAutoMargins(QCP::msNone);
    plotLayout()->setRowSpacing(0);
    plotLayout()->setColumnSpacing(0);
    const auto overlayLayer = QStringLiteral("residuum-overlay");
    addLayer(overlayLayer, layer(layerCount() - 1), QCustomPlot::limAbove);
    overlay_ = layer(overlayLayer);
    overlay_->setMode(QCPLayer::lmBuffered);
    // Owned by the plot, as every layerable is.
    new Drawn(this, QStringLiteral("main"), std::move(content));
    new Drawn(this, overlayLayer, std::move(overlay));
}

void PlotSurface::markContent() {
    contentMarked_ = true;
    update();
}

void PlotSurface::markOverlay() {
    overlayMarked_ = true;
    update();
}

void PlotSurface::setFrame(const PlotFrame& frame) {
    const QRectF& area = frame.area;
    axisRect()->setMargins(QMargins(static_cast<int>(area.left()), static_cast<int>(area.top()),
                                    std::max(0, width() - static_cast<int>(area.right())),
                                    std::max(0, height() - static_cast<int>(area.bottom()))));
    xAxis->setRange(frame.x.first, frame.x.last);
    yAxis->setRange(frame.y.first, frame.y.last);
    yAxis->setRangeReversed(frame.y.last > frame.y.first);
    markContent();
}

void PlotSurface::paintEvent(QPaintEvent* event) {
    // Also true after a move to a screen of another resolution, which posts a paint event.
    if (bufferDevicePixelRatio() != devicePixelRatioF()) {
        setBufferDevicePixelRatio(devicePixelRatioF());
        contentMarked_ = true;
    }
    // Both ask to be painted, which is just being done: it would be done twice.
    setAttribute(Qt::WA_UpdatesDisabled, true);
    if (contentMarked_)
        replot(QCustomPlot::rpQueuedRefresh); // draws every layer
    else if (overlayMarked_)
        overlay_->replot();
    setAttribute(Qt::WA_UpdatesDisabled, false);
    contentMarked_ = false;
    overlayMarked_ = false;
    QCustomPlot::paintEvent(event);
}

} // namespace residuum
