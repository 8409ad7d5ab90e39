#include "app/window/verdict_label.h"

#include "widgets/panels/verdict.h"

#include <QLabel>
#include <QResizeEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace residuum {

namespace {

/// Characters of a long verdict, and what every model adds to it.
constexpr int words = 140, perModel = 45;

} // namespace

VerdictLabel::VerdictLabel(QWidget* parent) : QWidget(parent), label_(new QLabel(this)) {
    label_->setObjectName(QStringLiteral("verdict"));
    label_->setAccessibleName(tr("verdict"));
    label_->setWordWrap(true);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label_->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void VerdictLabel::setVerdict(const Verdict& verdict, int models) {
    if (std::exchange(models_, models) != models)
        lines_ = 0;
    label_->setText(verdict.text);
    label_->setToolTip(verdict.text);
    label_->setEnabled(!verdict.stale);
    fitHeight();
}

void VerdictLabel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        lines_ = 0;
    label_->setGeometry(rect());
    fitHeight();
}

/// A verdict that needs more keeps the room: else things would move with each word.
void VerdictLabel::fitHeight() {
    const double usual = fontMetrics().averageCharWidth() * (words + perModel * models_);
    const int spacing = fontMetrics().lineSpacing();
    const int needed = label_->heightForWidth(width()) / spacing;
    lines_ = std::clamp(std::max(static_cast<int>(std::ceil(usual / std::max(1, width()))), needed),
                        std::max(2, lines_), 4);
    setFixedHeight(lines_ * spacing + 2);
}

} // namespace residuum
