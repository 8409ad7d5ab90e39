// The scatter's state and overlay. Internal to plots/.
#pragma once

#include "widgets/plots/plot_controller.h"
#include "widgets/plots/plot_surface.h"
#include "widgets/plots/scatter_view.h"

#include <unordered_map>

namespace residuum {

class ScatterView::Private {
  public:
    explicit Private(ScatterView* owner);

    void setData(const ScatterData& newData);
    /// The frame for the view's present size; works before the view is shown.
    const PlotFrame& frame();
    void invalidateFrame();
    void restyle();

    std::optional<std::size_t> nearest(const QPointF& to, double within);
    std::optional<std::size_t> indexOf(const Thing& thing) const;
    QString describe(const Thing& thing) const;
    std::optional<Thing> neighbour(std::optional<Thing> from, int dx, int dy) const;

    void drawContent(QCPPainter& painter);
    void drawOverlay(QCPPainter& painter);

    ScatterView* view;
    ScatterData data;
    double limit = 1.0;
    bool stale = false;
    QString emptyText;
    std::vector<Pin> pins;
    PlotTheme theme;
    PlotSurface* surface = nullptr; ///< child of the view
    /// Its hooks speak of all of the above: it hears no event once that goes.
    std::unique_ptr<PlotController> controller;

  private:
    void drawCallout(QCPPainter& painter, const QPointF& at, const QString& text);

    std::unordered_map<Thing, std::size_t, ThingHash> places_;
    std::vector<std::size_t> byX_; ///< finite points in the order of the arrow keys
    std::vector<std::size_t> byY_;
    PlotFrame frame_;
    QSize frameSize_;
    bool frameValid_ = false;
};

} // namespace residuum
