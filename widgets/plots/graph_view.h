// Components in layers with the edges between them, with linked hover and pins.
#pragma once

#include "widgets/plots/graph_data.h"
#include "widgets/plots/graph_drawing.h"
#include "widgets/plots/plot_view.h"

namespace residuum {

/// GUI thread only.
class GraphView : public PlotView {
  public:
    explicit GraphView(QWidget* parent = nullptr);

    void setData(const GraphData& data);
    const GraphData& data() const { return data_; }

    std::optional<Thing> thingAt(const QPoint& point) const override;
    QPoint centreOf(const Thing& thing) const override;

  protected:
    /// From edge to edge, in the order of their size.
    std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx, int dy) const override;
    QString describe(const Thing& thing) const override;
    void redraw() override;
    void redrawMarks() override { update(); }
    void paintEvent(QPaintEvent* event) override;

  private:
    GraphData data_;
    GraphLayout layout_;
};

} // namespace residuum
