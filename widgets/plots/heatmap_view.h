// A heatmap of one model: cells on a shared colour scale, with linked hover and pins.
#pragma once

#include "widgets/plots/framed_view.h"
#include "widgets/plots/heatmap_drawing.h"
#include "widgets/plots/thing_places.h"

#include <vector>

namespace residuum {

/// GUI thread only.
class HeatmapView : public FramedView {
    Q_OBJECT

  public:
    explicit HeatmapView(QWidget* parent = nullptr);

    void setData(const HeatmapData& data);
    const HeatmapData& data() const { return data_; }
    const std::vector<double>& values() const { return data_.values; }
    /// Empty where it has no such cell or no number.
    std::optional<double> valueOf(const Thing& thing) const;

    std::optional<Thing> thingAt(const QPoint& point) const override;
    QPoint centreOf(const Thing& thing) const override;

    /// Shows a part of the grid, in its columns and rows, moved into it where it reaches beyond;
    /// null: all of it. Stays as data change. Tells nobody.
    void setPart(const QRectF& part);
    /// As it is shown.
    QRectF part() const;

  Q_SIGNALS:
    void partChosen(const QRectF& part); ///< by the user; null: all

  protected:
    bool zoom(double factor, const QPointF& about) override;
    bool isZoomed() const override;
    void pan(const QPointF& by) override;
    void showAll() override;
    void reveal(const Thing& thing) override;
    bool isEmpty() const override { return data_.grid.cells.empty(); }
    PlotFrame layOut(const QSizeF& size) const override;
    void drawContent(QCPPainter& painter, const PlotFrame& frame) const override;
    void drawMarks(QCPPainter& painter, const PlotFrame& frame) const override;
    QMarginsF focusMargins() const override { return {2.5, 2.5, 1.5, 1.5}; }
    std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx, int dy) const override;
    QString describe(const Thing& thing) const override;

  private:
    std::optional<std::size_t> indexOf(const Thing& thing) const;
    void sortRows();
    QRectF whole() const;
    void choosePart(const QRectF& part);
    void drawPartMarks(QCPPainter& painter, const PlotFrame& frame) const;
    /// The first cell of a row that is nearest to a column.
    std::size_t nearest(const std::vector<std::size_t>& row, double column) const;

    HeatmapData data_;
    QRectF part_; ///< as it was chosen; null: all
    ThingPlaces places_;
    std::vector<std::vector<std::size_t>> rows_; ///< indices of cells, by row, left to right
};

} // namespace residuum
