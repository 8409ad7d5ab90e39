// Tokens coloured by values, several models under each other, with linked hover and pins.
#pragma once

#include "widgets/plots/plot_view.h"
#include "widgets/plots/token_strip_data.h"
#include "widgets/plots/token_strip_drawing.h"

namespace residuum {

/// As high as its tokens need at its width: put it into a scroll area. GUI thread only.
class TokenStripView : public PlotView {
    Q_OBJECT

  public:
    explicit TokenStripView(QWidget* parent = nullptr);

    void setStrips(const TokenStrips& strips);
    const TokenStrips& strips() const { return strips_; }

    std::optional<Thing> thingAt(const QPoint& point) const override;
    QPoint centreOf(const Thing& thing) const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  Q_SIGNALS:
    void valueHovered(std::optional<double> value); ///< of the token under the pointer

  protected:
    std::optional<Thing> neighbour(const std::optional<Thing>& from, int dx, int dy) const override;
    QString describe(const Thing& thing) const override;
    QString hint(const QPoint& point) const override;
    void pointAt(const QPoint& point) override;
    void redraw() override;
    void redrawMarks() override { update(); }
    void paintEvent(QPaintEvent* event) override;

  private:
    std::optional<std::size_t> blockOf(const Thing& thing) const;
    const TokenStripLayout::Cell* cellAt(const QPoint& point) const;
    std::optional<double> valueOf(const TokenStripLayout::Cell& cell) const;
    /// The token and its number in every row; each after " · ".
    QString cellText(const TokenStripLayout::Cell& cell) const;

    TokenStrips strips_;
    TokenStripLayout layout_;
    QPoint point_; ///< where the pointer is
};

} // namespace residuum
