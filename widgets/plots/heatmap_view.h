// A heatmap of one model: cells on a shared colour scale, with linked hover and pins.
#pragma once

#include "widgets/plots/cell_grid.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/pin.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only. Hover and pins answer within a frame: they redraw an overlay, not the cells.
class HeatmapView : public QWidget {
    Q_OBJECT

  public:
    explicit HeatmapView(QWidget* parent = nullptr);
    ~HeatmapView() override;

    void setGrid(const CellGrid& grid);
    /// One value per cell of the grid, in its order; unknownValue where not known.
    void setValues(const std::vector<double>& values);
    void setScale(const ColourScale& scale);
    /// Dims the view while its successor is computed; it is never blanked.
    void setStale(bool stale);
    /// The sentence shown instead of cells where there is nothing to show.
    void setEmptyText(const QString& text);

    /// The cell under the pointer or keyboard cursor at `point` (widget coordinates), if any.
    std::optional<Thing> thingAt(const QPoint& point) const;
    /// Centre of a cell in widget coordinates, for tests and keyboard use.
    QPoint centreOf(const Thing& thing) const;
    /// The sentence shown where there are no cells, for tests.
    const QString& emptyText() const;
    /// Values as drawn, for tests.
    const std::vector<double>& values() const;

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
