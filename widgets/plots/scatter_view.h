// A scatter of two numbers per component, with the diagonal, linked hover and pins.
#pragma once

#include "widgets/plots/pin.h"
#include "widgets/plots/scatter_data.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only.
class ScatterView : public QWidget {
    Q_OBJECT

  public:
    explicit ScatterView(QWidget* parent = nullptr);
    ~ScatterView() override;

    void setData(const ScatterData& data);
    /// Both axes show -limit … +limit (shared across models).
    void setLimit(double limit);
    void setStale(bool stale);
    void setEmptyText(const QString& text);
    std::optional<Thing> thingAt(const QPoint& point) const;
    QPoint centreOf(const Thing& thing) const;
    const ScatterData& data() const;

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
