// What the plots are drawn on: QCustomPlot's layers and buffers. Internal to plots/.
#pragma once

#include "widgets/plots/plot_frame.h"
#include "widgets/plots/qcustomplot_shim.h"

#include <functional>

namespace residuum {

/// Two layers: the content, and above it in a buffer of its own an overlay (hover, pins), so that
/// hovering redraws the overlay alone. Drawing happens when the surface is painted: setters only
/// mark what is to be redrawn, and however many are called, a layer is drawn once.
/// Fills its parent, which gets all mouse and key events.
class PlotSurface : public QCustomPlot {
  public:
    using Draw = std::function<void(QCPPainter&)>;

    PlotSurface(QWidget* parent, Draw content, Draw overlay);

    void markContent();
    void markOverlay();
    /// Puts QCustomPlot's axes where the frame has them.
    void setFrame(const PlotFrame& frame);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QCPLayer* overlay_; ///< child of the plot
    bool contentMarked_ = true;
    bool overlayMarked_ = true;
};

} // namespace residuum
