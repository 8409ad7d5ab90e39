// Widgets side by side, on as many lines as they need.
#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace residuum {

/// From left to right, a further line where the width is used up: a bar is never wider than its
/// widest widget. What may grow, and stretches, share the room that a line has left. GUI thread
/// only.
class FlowLayout : public QLayout {
    Q_OBJECT

  public:
    explicit FlowLayout(QWidget* parent = nullptr) : QLayout(parent) {}
    ~FlowLayout() override;

    void insertWidget(int place, QWidget* widget);
    /// Room that grows.
    void addStretch();

    void addItem(QLayoutItem* item) override { items_.emplace_back(item); }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int place) const override;
    QLayoutItem* takeAt(int place) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange({0, 0, width, 0}, false); }
    /// All on one line.
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

  private:
    using Items = std::vector<QLayoutItem*>;
    /// Those that are seen, from top to bottom.
    std::vector<Items> linesFor(int width) const;
    /// Returns the height.
    int arrange(const QRect& rect, bool move) const;
    int widthOf(const Items& line) const;

    std::vector<std::unique_ptr<QLayoutItem>> items_;
};

} // namespace residuum
