#include "app/window/verdict_label.h"

#include "widgets/panels/verdict.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Characters of a long verdict, and what every model adds to it.
constexpr int words = 140, perModel = 45;

} // namespace

VerdictLabel::VerdictLabel(QWidget* parent) : QLabel(parent) {
    setObjectName(QStringLiteral("verdict"));
    setAccessibleName(tr("verdict"));
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void VerdictLabel::setVerdict(const Verdict& verdict, int models) {
    models_ = models;
    setText(verdict.text);
    setToolTip(verdict.text);
    setEnabled(!verdict.stale);
    fitHeight();
}

void VerdictLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    fitHeight();
}

void VerdictLabel::fitHeight() {
    const double needed = fontMetrics().averageCharWidth() * (words + perModel * models_);
    const int lines = static_cast<int>(std::ceil(needed / std::max(1, width())));
    setFixedHeight(std::clamp(lines, 2, 4) * fontMetrics().lineSpacing() + 2);
}

} // namespace residuum
