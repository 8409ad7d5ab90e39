// A label that shortens its text instead of clipping it.
#pragma once

#include <QLabel>

namespace residuum {

/// Numbers stay whole. The whole text is in the tooltip while it does not fit.
class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    /// `more`: what else the tooltip says; `brief`: fewer words for where all of them do not fit,
    /// "": none.
    void setFullText(const QString& text, const QString& more = {}, const QString& brief = {});
    const QString& fullText() const { return fullText_; }
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void elide();
    QString fullText_, more_, brief_;
};

} // namespace residuum
