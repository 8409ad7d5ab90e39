// A label that shortens its text instead of clipping it.
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;

namespace residuum {

/// One line. Numbers stay whole; the whole text is in the tooltip while it does not fit. Whatever
/// it says it asks for the same room: a QLabel with another text has every layout up to the window
/// worked out and drawn again.
class ElidedLabel : public QWidget {
    Q_OBJECT

  public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    /// `more`: what else the tooltip says; `briefer`: fewer and fewer words, of which the first
    /// that fit are shown where all of them do not.
    void setFullText(const QString& text, const QString& more = {},
                     const QStringList& briefer = {});
    const QString& fullText() const { return fullText_; }
    QString text() const; ///< as shown
    void setAlignment(Qt::Alignment alignment);
    void setTextInteractionFlags(Qt::TextInteractionFlags flags);
    QSize sizeHint() const override { return minimumSizeHint(); }
    QSize minimumSizeHint() const override;

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void elide();
    QLabel* label_; ///< child, in no layout
    QString fullText_, more_;
    QStringList briefer_;
};

} // namespace residuum
