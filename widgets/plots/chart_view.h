// Boxes per category, or curves, of one model, with linked hover and pins.
#pragma once

#include "widgets/plots/chart_data.h"
#include "widgets/plots/pin.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only.
class ChartView : public QWidget {
    Q_OBJECT

  public:
    explicit ChartView(QWidget* parent = nullptr);
    ~ChartView() override;

    void setData(const ChartData& data);
    /// What the y axis shows (shared across models).
    void setRange(const AxisRange& range);
    void setStale(bool stale);
    void setEmptyText(const QString& text);
    std::optional<Thing> thingAt(const QPoint& point) const;
    QPoint centreOf(const Thing& thing) const;
    const ChartData& data() const;

  public Q_SLOTS:
    void setHovered(std::optional<Thing> thing);
    void setPins(const std::vector<Pin>& pins);

  Q_SIGNALS:
    void hovered(std::optional<Thing> thing);
    void clicked(const Thing& thing);

  private:
    class Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
