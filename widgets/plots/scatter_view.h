// A scatter of two numbers per component, with the diagonal, linked hover and pins.
#pragma once

#include "widgets/plots/pin.h"

#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

struct ScatterPoint {
    int id = 0;
    double x = 0.0;
    double y = 0.0;
    int group = 0; ///< marker and colour, e.g. 0 heads, 1 MLPs, 2 the rest
    QString label;
};

struct ScatterData {
    std::vector<ScatterPoint> points;
    std::vector<QString> groups; ///< legend, one per group
    QString xTitle;              ///< with LN treatment and unit
    QString yTitle;
    QString note;         ///< drawn in the corner, e.g. "NMAE 31.2 %"
    bool diagonal = true; ///< the line y = x
};

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
    std::optional<int> idAt(const QPoint& point) const;
    QPoint centreOf(int id) const;
    const ScatterData& data() const;

  public Q_SLOTS:
    void setHovered(std::optional<int> id);
    void setPins(const std::vector<Pin>& pins);

  Q_SIGNALS:
    void hovered(std::optional<int> id);
    void clicked(int id);

  private:
    class Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
