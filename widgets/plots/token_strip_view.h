// Tokens coloured by values, several models under each other, with linked hover and pins.
#pragma once

#include "widgets/plots/pin.h"
#include "widgets/plots/token_strip_data.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// As high as its tokens need at its width: put it into a scroll area. GUI thread only.
class TokenStripView : public QWidget {
    Q_OBJECT

  public:
    explicit TokenStripView(QWidget* parent = nullptr);
    ~TokenStripView() override;

    void setStrips(const TokenStrips& strips);
    void setEmptyText(const QString& text);
    const TokenStrips& strips() const;
    std::optional<Thing> thingAt(const QPoint& point) const;
    QPoint centreOf(const Thing& thing) const;

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

  public Q_SLOTS:
    void setHovered(std::optional<Thing> thing);
    void setPins(const std::vector<Pin>& pins);

  Q_SIGNALS:
    void hovered(std::optional<Thing> thing);
    void clicked(const Thing& thing);
    void valueHovered(std::optional<double> value); ///< of the token under the pointer

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    class Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
