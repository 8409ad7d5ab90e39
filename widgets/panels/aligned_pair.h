// Two prompts of as many tokens, token under token, differing ones marked.
#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

namespace residuum {

/// Two rows of tokens in common columns, or where there is little room only the corrupted one's.
/// Where they do not fit, long stretches of equal tokens
/// fold into "⋯ 302 equal ⋯", which a click unfolds. A click picks the position, arrows move it; a
/// double click, Enter or typing asks for the editor. GUI thread only.
class AlignedPair : public QWidget {
    Q_OBJECT

  public:
    explicit AlignedPair(QWidget* parent = nullptr);
    /// `clean`, `corrupt`: texts of the tokens; `position`: marked.
    void setTokens(const QStringList& clean, const QStringList& corrupt, int position);
    /// How wide it may be without folding.
    void setRoom(int width);
    /// Only what the corrupted prompt has: the clean one stands in the prompt's strip.
    void setOneLine(bool one);
    bool isOneLine() const { return isOneLine_; }
    bool isFolded() const;
    QSize sizeHint() const override { return size_; }
    QSize minimumSizeHint() const override { return size_; }
    /// Positions whose tokens differ.
    const std::vector<int>& differing() const { return differing_; }
    /// Where a position is; null where it is folded away.
    QRect cellOf(int position) const;

  Q_SIGNALS:
    void positionPicked(int position);
    void editRequested(const QString& typed);
    void resized(); ///< its size hint has changed

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

  private:
    /// A position, or several that are folded.
    struct Item {
        int first = 0, count = 1;
        int x = 0, width = 0;
    };

    int tokens() const;
    bool differsAt(int position) const {
        return clean_.value(position) != corrupt_.value(position);
    }
    int widthOf(int position) const;
    int rowHeight() const;
    int cellHeight() const { return (isOneLine_ ? 1 : 2) * rowHeight(); }
    int headWidth() const;
    std::vector<Item> items(bool folded) const;
    void layOut();
    const Item* itemAt(const QPoint& point) const;
    void paintToken(QPainter& painter, const Item& item) const;

    QStringList clean_, corrupt_;
    std::vector<int> differing_;
    int position_ = 0;
    int room_ = 0;
    bool isUnfolded_ = false; ///< by the user
    bool isOneLine_ = false;
    std::vector<Item> items_;
    QSize size_;
};

} // namespace residuum
