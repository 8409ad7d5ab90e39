#include "widgets/panels/text_block.h"

namespace residuum {

TextBlock::TextBlock(QWidget* parent) : QLabel(parent) {
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    setTextInteractionFlags(Qt::TextBrowserInteraction);
    setAlignment(Qt::AlignTop);
    auto policy = QSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void TextBlock::setText(const QString& text) {
    if (text == this->text())
        return;
    known_ = {-1, 0};
    QLabel::setText(text);
}

int TextBlock::heightForWidth(int width) const {
    if (known_.first != width)
        known_ = {width, QLabel::heightForWidth(width)};
    return known_.second;
}

void TextBlock::changeEvent(QEvent* event) {
    known_ = {-1, 0};
    QLabel::changeEvent(event);
}

} // namespace residuum
