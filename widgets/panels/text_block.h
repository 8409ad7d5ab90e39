// A text of several lines in a column that others make as wide as they like.
#pragma once

#include <QLabel>

#include <utility>

namespace residuum {

/// As high as its text needs at its width, which is worked out once: a QLabel does it again for
/// each of the hints that layouts ask for.
class TextBlock : public QLabel {
  public:
    explicit TextBlock(QWidget* parent = nullptr);
    /// Hides QLabel's, which does not say that it was called.
    void setText(const QString& text);
    QSize sizeHint() const override { return minimumSizeHint(); }
    QSize minimumSizeHint() const override { return {0, 0}; }
    int heightForWidth(int width) const override;

  protected:
    void changeEvent(QEvent* event) override;

  private:
    mutable std::pair<int, int> known_{-1, 0}; ///< a width, and the height for it
};

} // namespace residuum
