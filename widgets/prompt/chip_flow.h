// Tokens as chips that flow over several lines, painted by one widget. Internal to prompt/.
#pragma once

#include <QRect>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only. The first chip, index toggleChip, switches end-of-text on and off; the others
/// are tokens counted from 0. Thousands of chips cost one layout pass and one paint of what is
/// visible.
class ChipFlow : public QWidget {
    Q_OBJECT

  public:
    static constexpr int toggleChip = -1;

    explicit ChipFlow(QWidget* parent = nullptr);

    void setChips(const QStringList& texts, bool toggleOn, bool toggleEnabled);
    void setPosition(int position);
    int position() const { return position_; }
    /// A bar in every chip, 0 … 1 of its height; NaN: none. `meaning`: what they show, for the
    /// tooltip.
    void setUnderlay(const std::vector<double>& bars, const QString& meaning);
    const std::vector<double>& underlay() const { return bars_; }
    const QString& meaning() const { return meaning_; }
    /// Where a chip is, in widget coordinates; toggleChip for the switch.
    QRect chipRect(int index) const;
    int lineHeight() const;

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void picked(int position);
    void toggled();
    void editRequested(const QString& typed);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Layout {
        QRect toggle;
        std::vector<QRect> chips;
        int height = 0;
    };

    Layout layoutFor(int width) const;
    void relayout();
    int chipWidth(const QString& text) const;
    QFont indexFont() const;
    void drawBar(QPainter& painter, const QRect& rect, std::size_t chip) const;
    void drawChip(QPainter& painter, const QRect& rect, const QString& text, const QString& index,
                  bool selected, bool outlined) const;
    std::optional<int> chipAt(const QPoint& point) const;
    void describe();

    QStringList texts_;
    bool toggleOn_ = false;
    bool toggleEnabled_ = false;
    int position_ = -1;
    Layout layout_;
    std::vector<double> bars_; ///< by chip
    QString meaning_;          ///< of the bars
};

} // namespace residuum
