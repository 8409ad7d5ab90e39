#include "widgets/panels/elided_label.h"

#include "widgets/text/eliding.h"

#include <QEvent>
#include <QLabel>

#include <algorithm>

namespace residuum {

ElidedLabel::ElidedLabel(QWidget* parent) : QWidget(parent), label_(new QLabel(this)) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text, const QString& more,
                              const QStringList& briefer) {
    if (text == fullText_ && more == more_ && briefer == briefer_)
        return;
    fullText_ = text;
    more_ = more;
    briefer_ = briefer;
    briefer_.removeAll(QString());
    setAccessibleName(text);
    elide();
}

QString ElidedLabel::text() const {
    return label_->text();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment) {
    label_->setAlignment(alignment);
}

void ElidedLabel::setTextInteractionFlags(Qt::TextInteractionFlags flags) {
    label_->setTextInteractionFlags(flags);
}

QSize ElidedLabel::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 4, fontMetrics().height()};
}

void ElidedLabel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        updateGeometry();
        elide();
    }
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    label_->setGeometry(rect());
    elide();
}

void ElidedLabel::elide() {
    const auto metrics = fontMetrics();
    const auto texts = QStringList{fullText_} + briefer_;
    const auto fitting = std::find_if(texts.begin(), texts.end(), [&](const QString& text) {
        return metrics.boundingRect(QRect(0, 0, 1 << 15, 1 << 15), 0, text).width() <= width();
    });
    const auto shown = fitting == texts.end() ? elided(metrics, texts.back(), width()) : *fitting;
    label_->setText(shown);
    QStringList tip{shown == fullText_ ? QString() : fullText_, more_};
    tip.removeAll(QString());
    setToolTip(tip.join(QLatin1Char('\n')));
}

} // namespace residuum
