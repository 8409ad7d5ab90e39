// A scatter of two numbers per thing, with the diagonal, linked hover and pins.
#pragma once

#include "widgets/plots/framed_view.h"
#include "widgets/plots/scatter_data.h"
#include "widgets/plots/thing_places.h"

#include <vector>

namespace residuum {

/// GUI thread only.
class ScatterView : public FramedView {
  public:
    explicit ScatterView(QWidget* parent = nullptr);

    /// `limit`: where the data has no axes of its own both show -limit … limit (shared across
    /// models).
    void setData(const ScatterData& data, double limit = 1.0);
    const ScatterData& data() const { return data_; }

    std::optional<Thing> thingAt(const QPoint& point) const override;
    QPoint centreOf(const Thing& thing) const override;

  protected:
    bool isEmpty() const override { return data_.points.empty(); }
    PlotFrame layOut(const QSizeF& size) const override;
    void drawContent(QCPPainter& painter, const PlotFrame& frame) const override;
    void drawMarks(QCPPainter& painter, const PlotFrame& frame) const override;
    std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx, int dy) const override;
    QString describe(const Thing& thing) const override;

  private:
    std::optional<std::size_t> indexOf(const Thing& thing) const;
    std::vector<std::size_t> inOrder(bool byX) const;
    void drawCallout(QCPPainter& painter, const PlotFrame& frame, const QPointF& at,
                     const QString& text) const;

    ScatterData data_;
    double limit_ = 1.0;
    ThingPlaces places_;
};

} // namespace residuum
