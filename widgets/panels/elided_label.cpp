#include "widgets/panels/elided_label.h"

#include <QFontMetrics>

namespace residuum {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text) {
    fullText_ = text;
    setAccessibleName(text);
    elide();
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 4, fontMetrics().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::elide() {
    const auto shown = fontMetrics().elidedText(fullText_, Qt::ElideMiddle, width());
    setText(shown);
    setToolTip(shown == fullText_ ? QString() : fullText_);
}

} // namespace residuum
