// The heatmap's state and overlay. Internal to plots/.
#pragma once

#include "widgets/plots/heatmap_drawing.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/plot_controller.h"
#include "widgets/plots/plot_surface.h"

#include <unordered_map>

namespace residuum {

class HeatmapView::Private {
  public:
    explicit Private(HeatmapView* owner);

    void setGrid(const CellGrid& newGrid);
    /// The frame for the view's present size, made anew where size, grid or theme changed. Works
    /// before the view is shown.
    const PlotFrame& frame();
    void invalidateFrame();
    void restyle();

    std::optional<std::size_t> cellAt(const QPointF& point);
    QRectF rectOf(const GridCell& cell) { return cellRect(frame(), cell); }
    std::optional<std::size_t> indexOf(const Thing& thing) const;
    QString describe(const Thing& thing) const;
    std::optional<Thing> neighbour(std::optional<Thing> from, int dx, int dy) const;

    void drawContent(QCPPainter& painter);
    void drawOverlay(QCPPainter& painter);

    HeatmapView* view;
    HeatmapData data;
    bool stale = false;
    QString emptyText;
    std::vector<Pin> pins;
    PlotTheme theme;
    PlotSurface* surface = nullptr; ///< child of the view
    /// Its hooks speak of all of the above: it hears no event once that goes.
    std::unique_ptr<PlotController> controller;

  private:
    void outline(QCPPainter& painter, const Thing& thing, const QColor& colour, double width,
                 double outward);

    std::unordered_map<Thing, std::size_t, ThingHash> places_;
    std::vector<std::vector<std::size_t>> rows_; ///< indices of cells, by row, left to right
    PlotFrame frame_;
    QSize frameSize_;
    bool frameValid_ = false;
};

} // namespace residuum
