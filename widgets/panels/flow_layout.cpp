#include "widgets/panels/flow_layout.h"

#include <algorithm>

namespace residuum {

FlowLayout::~FlowLayout() {
    qDeleteAll(items_);
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < count() ? items_.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const {
    return place({0, 0, width, 0}, false);
}

QSize FlowLayout::sizeHint() const {
    int width = 0;
    for (const auto* item : items_)
        width += item->isEmpty() ? 0 : item->sizeHint().width() + spacing();
    const auto margins = contentsMargins();
    width += margins.left() + margins.right();
    return {width, heightForWidth(width)};
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto* item : items_)
        size = size.expandedTo(item->isEmpty() ? QSize() : item->sizeHint());
    const auto margins = contentsMargins();
    return size.grownBy(margins);
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool isReal) const {
    const auto inside = rect.marginsRemoved(contentsMargins());
    int x = inside.left(), y = inside.top(), height = 0;
    for (auto* item : items_) {
        if (item->isEmpty())
            continue;
        const auto size = item->sizeHint();
        if (x > inside.left() && x + size.width() > inside.left() + inside.width()) {
            x = inside.left();
            y += height + spacing();
            height = 0;
        }
        if (isReal)
            item->setGeometry({{x, y}, size});
        x += size.width() + spacing();
        height = std::max(height, size.height());
    }
    return y + height - rect.top() + contentsMargins().bottom();
}

} // namespace residuum
