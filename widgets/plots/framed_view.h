// A plot in a frame of axes, drawn on a surface that keeps content and marks apart.
#pragma once

#include "widgets/plots/plot_frame.h"
#include "widgets/plots/plot_view.h"

class QCPPainter;

namespace residuum {

class PlotSurface;

/// GUI thread only.
class FramedView : public PlotView {
  protected:
    FramedView(const QString& accessibleName, QWidget* parent);

    virtual bool isEmpty() const = 0;
    virtual PlotFrame layOut(const QSizeF& size) const = 0;
    virtual void drawContent(QCPPainter& painter, const PlotFrame& frame) const = 0;
    virtual void drawMarks(QCPPainter& painter, const PlotFrame& frame) const = 0;
    /// What the keyboard's focus is drawn around, seen from the frame's area.
    virtual QMarginsF focusMargins() const { return {-1.5, -1.5, -1.5, -1.5}; }

    /// For the view's present size; works before the view is shown.
    const PlotFrame& frame() const;
    QString hint(const QPoint& point) const override;
    void redraw() override;
    void redrawMarks() override;

  private:
    PlotSurface* surface_; ///< child of the view
    mutable PlotFrame frame_;
    mutable QSize frameSize_;
    mutable bool frameValid_ = false;
};

} // namespace residuum
