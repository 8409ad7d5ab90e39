#include "widgets/panels/elided_label.h"

#include "widgets/text/eliding.h"

#include <QStringList>

namespace residuum {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text, const QString& more, const QString& brief) {
    if (text == fullText_ && more == more_ && brief == brief_)
        return;
    fullText_ = text;
    more_ = more;
    brief_ = brief;
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
    const bool isShort = !brief_.isEmpty() && fontMetrics().horizontalAdvance(fullText_) > width();
    const auto shown = elided(fontMetrics(), isShort ? brief_ : fullText_, width());
    setText(shown);
    QStringList tip{shown == fullText_ ? QString() : fullText_, more_};
    tip.removeAll(QString());
    setToolTip(tip.join(QLatin1Char('\n')));
}

} // namespace residuum
