// Boxes per category, rows of marks, or curves, with linked hover and pins.
#pragma once

#include "widgets/plots/chart_data.h"
#include "widgets/plots/framed_view.h"

namespace residuum {

/// GUI thread only.
class ChartView : public FramedView {
  public:
    explicit ChartView(QWidget* parent = nullptr);

    /// `range`: what the y axis shows (shared across models).
    void setData(const ChartData& data, const AxisRange& range);
    const ChartData& data() const { return data_; }

    std::optional<Thing> thingAt(const QPoint& point) const override;
    QPoint centreOf(const Thing& thing) const override;

  protected:
    bool isEmpty() const override { return data_.empty(); }
    PlotFrame layOut(const QSizeF& size) const override;
    void drawContent(QCPPainter& painter, const PlotFrame& frame) const override;
    void drawMarks(QCPPainter& painter, const PlotFrame& frame) const override;
    std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx, int dy) const override;
    QString describe(const Thing& thing) const override;

  private:
    void drawCrosshairs(QCPPainter& painter, const PlotFrame& frame, std::size_t stop) const;
    std::optional<std::size_t> categoryOf(const Thing& thing) const;

    ChartData data_;
    AxisRange range_;
};

} // namespace residuum
