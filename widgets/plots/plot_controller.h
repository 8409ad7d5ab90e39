// Mouse, keyboard, tooltips and accessibility that all plots share. Internal to plots/.
#pragma once

#include "analysis/question/thing.h"

#include <QObject>
#include <QPoint>
#include <QString>
#include <QWidget>

#include <functional>
#include <optional>

namespace residuum {

/// Watches a view's events and tells the view what they mean for the things it shows. Belongs to
/// the view.
class PlotController : public QObject {
  public:
    struct Hooks {
        std::function<std::optional<Thing>(const QPoint&)> thingAt;
        /// The next thing in a direction; `from` is empty at the start. Empty: none there.
        std::function<std::optional<Thing>(std::optional<Thing> from, int dx, int dy)> neighbour;
        std::function<QString(const Thing& thing)> describe; ///< label and value, one line
        /// What a tooltip says where there is no thing, e.g. a title that is elided.
        std::function<QString(const QPoint&)> hint;
        std::function<void()> restyled; ///< palette, style or font changed
        std::function<void()> resized;
        std::function<void()> marksChanged;                ///< hover or focus: redraw the overlay
        std::function<void(std::optional<Thing>)> hovered; ///< by the user
        std::function<void(const Thing& thing)> clicked;   ///< by the user
    };

    PlotController(QWidget* view, Hooks hooks);

    std::optional<Thing> hovered() const { return hovered_; }
    /// From another view; tells nobody.
    void setHovered(std::optional<Thing> thing);
    /// Whether the keyboard's focus is to be seen.
    bool showsFocus() const { return showsFocus_; }
    /// Says what is under the cursor once more, its value having changed.
    void describeAgain();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void point(std::optional<Thing> thing);
    bool press(int key);
    void showToolTip(const QPoint& at, const QPoint& global);

    QWidget* view_;
    Hooks hooks_;
    std::optional<Thing> hovered_; ///< drawn
    std::optional<Thing> pointed_; ///< by this view's own pointer or keyboard
    std::optional<Thing> pressed_;
    bool showsFocus_ = false;
};

} // namespace residuum
