// What all plots share: hover and pins linked between views, mouse, keyboard, tooltips, what screen
// readers are told.
#pragma once

#include "widgets/plots/pin.h"
#include "widgets/plots/plot_theme.h"

#include <QWidget>

#include <optional>
#include <vector>

class QContextMenuEvent;

namespace residuum {

/// GUI thread only. Hover and pins answer within a frame: they redraw marks, not the content.
class PlotView : public QWidget {
    Q_OBJECT

  public:
    /// Dims the view while its successor is computed; it is never blanked.
    void setStale(bool stale);
    /// The sentence shown instead of content where there is nothing to show.
    void setEmptyText(const QString& text);
    const QString& emptyText() const { return emptyText_; }
    /// What is under a point, in widget coordinates, if anything.
    virtual std::optional<Thing> thingAt(const QPoint& point) const = 0;
    /// Where a thing is, in widget coordinates; a null point for what is not shown.
    virtual QPoint centreOf(const Thing& thing) const = 0;

  public Q_SLOTS:
    /// From another view; tells nobody.
    void setHovered(std::optional<Thing> thing);
    void setPins(const std::vector<Pin>& pins);

  Q_SIGNALS:
    void hovered(std::optional<Thing> thing); ///< by the user
    void clicked(const Thing& thing);         ///< by the user
    /// By the user: what can be done with a thing. `text`: label and value.
    void menuWanted(const Thing& thing, const QString& text, const QPoint& global);

  protected:
    explicit PlotView(const QString& accessibleName, QWidget* parent);

    /// The next thing in a direction; `from` is empty at the start. Empty: none there.
    virtual std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx,
                                           int dy) const = 0;
    virtual QString describe(const Thing& thing) const = 0; ///< label and value, one line
    /// What a tooltip says where there is no thing, e.g. a title that is elided.
    virtual QString hint(const QPoint&) const { return {}; }
    /// Where the pointer is, before anything is asked about that point.
    virtual void pointAt(const QPoint&) {}
    /// Of a plot that shows a part of what it has. About a point, in widget coordinates; false:
    /// there is nothing to zoom.
    virtual bool zoom(double /*factor*/, const QPointF& /*about*/) { return false; }
    virtual bool isZoomed() const { return false; }
    virtual void pan(const QPointF& /*by*/) {} ///< in pixels
    virtual void showAll() {}
    virtual void reveal(const Thing&) {} ///< where it is outside the part that is shown
    virtual void redraw() = 0;           ///< data, size or theme are not what they were
    virtual void redrawMarks() = 0;      ///< hover, pins or focus are not
    /// New data: what is under the cursor is described once more, and everything redrawn.
    void contentChanged();

    const PlotTheme& theme() const { return theme_; }
    bool isStale() const { return stale_; }
    const std::vector<Pin>& pins() const { return pins_; }
    const std::optional<Thing>& hoveredThing() const { return hovered_; }
    bool isPinned(const Thing& thing) const;
    /// Whether the keyboard's focus is to be seen.
    bool showsFocus() const { return showsFocus_; }
    bool event(QEvent* event) override;

  private:
    void describeAgain();
    void point(std::optional<Thing> thing);
    bool press(int key);
    bool zoomBy(int key);
    bool handle(QEvent* event);
    bool askForMenu(const QContextMenuEvent& event);
    bool handleMouse(QEvent* event);
    void showToolTip(const QPoint& at, const QPoint& global);

    PlotTheme theme_;
    QString emptyText_;
    std::vector<Pin> pins_;
    std::optional<Thing> hovered_; ///< drawn
    std::optional<Thing> pointed_; ///< by this view's own pointer or keyboard
    std::optional<Thing> pressed_;
    std::optional<QPointF> dragged_; ///< where the pointer was; empty: no button is down
    bool isPanning_ = false;
    bool stale_ = false;
    bool showsFocus_ = false;
};

} // namespace residuum
