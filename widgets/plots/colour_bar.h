// The legend of a colour scale: bar, ticks, unit, and a marker at the value under the cursor.
#pragma once

#include "widgets/plots/colour_scale.h"

#include <QWidget>

#include <optional>

namespace residuum {

/// Vertical. Its context menu and a small lock button lock the scale; where it has left something
/// out, a click on the bar's pointed end shows the full range.
class ColourBar : public QWidget {
    Q_OBJECT

  public:
    explicit ColourBar(QWidget* parent = nullptr);
    void setScale(const ColourScale& scale);
    const ColourScale& scale() const { return scale_; }
    /// The value under the cursor, shown as a marker with its number; none: no marker.
    void setMarker(std::optional<double> value);
    /// A bar without a lock follows another one's.
    void hideLock();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// Where a click locks and unlocks, in widget coordinates.
    QRect lockRect() const;

  Q_SIGNALS:
    void lockToggled(bool locked);
    /// The user wants to see the full range, or the robust limit again.
    void fullRangeWanted();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void toggleLock();
    void describe();
    QRectF barRect() const;
    bool isOnCap(const QPoint& point) const;

    ColourScale scale_;
    std::optional<double> marker_;
    bool hasLock_ = true;
};

} // namespace residuum
