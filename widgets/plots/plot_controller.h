// Mouse, keyboard, tooltips and accessibility that all plots share. Internal to plots/.
#pragma once

#include <QObject>
#include <QPoint>
#include <QString>
#include <QWidget>

#include <functional>
#include <optional>

namespace residuum {

/// Watches a view's events and tells the view what they mean for the things it shows, each known by
/// its id. Belongs to the view.
class PlotController : public QObject {
  public:
    struct Hooks {
        std::function<std::optional<int>(const QPoint&)> idAt;
        /// The next thing in a direction; `from` is empty at the start. Empty: none there.
        std::function<std::optional<int>(std::optional<int> from, int dx, int dy)> neighbour;
        std::function<QString(int id)> describe; ///< label and value, one line
        /// What a tooltip says where there is no thing, e.g. a title that is elided.
        std::function<QString(const QPoint&)> hint;
        std::function<void()> restyled; ///< palette, style or font changed
        std::function<void()> resized;
        std::function<void()> marksChanged;              ///< hover or focus: redraw the overlay
        std::function<void(std::optional<int>)> hovered; ///< by the user
        std::function<void(int id)> clicked;             ///< by the user
    };

    PlotController(QWidget* view, Hooks hooks);

    std::optional<int> hovered() const { return hovered_; }
    /// From another view; tells nobody.
    void setHovered(std::optional<int> id);
    /// Whether the keyboard's focus is to be seen.
    bool showsFocus() const { return showsFocus_; }
    /// Says what is under the cursor once more, its value having changed.
    void describeAgain();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void point(std::optional<int> id);
    bool press(int key);
    void showToolTip(const QPoint& at, const QPoint& global);

    QWidget* view_;
    Hooks hooks_;
    std::optional<int> hovered_; ///< drawn
    std::optional<int> pointed_; ///< by this view's own pointer or keyboard
    std::optional<int> pressed_;
    bool showsFocus_ = false;
};

} // namespace residuum
