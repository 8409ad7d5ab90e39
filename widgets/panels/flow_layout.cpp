#include "widgets/panels/flow_layout.h"

#include <QWidget>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

/// What shortens itself takes what is left.
bool shortens(const QLayoutItem& item) {
    const auto* widget = item.widget();
    return widget != nullptr && widget->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored;
}

bool grows(const QLayoutItem& item) {
    return shortens(item) || item.expandingDirections().testFlag(Qt::Horizontal);
}

int wantedWidth(const QLayoutItem& item) {
    return shortens(item) ? item.minimumSize().width() : item.sizeHint().width();
}

bool isStretch(QLayoutItem* item) {
    return item->spacerItem() != nullptr;
}

} // namespace

FlowLayout::~FlowLayout() = default;

void FlowLayout::insertWidget(int place, QWidget* widget) {
    addChildWidget(widget);
    items_.insert(items_.begin() + place, std::make_unique<QWidgetItem>(widget));
    invalidate();
}

void FlowLayout::addStretch() {
    addItem(new QSpacerItem(0, 0, QSizePolicy::Expanding));
}

QLayoutItem* FlowLayout::itemAt(int place) const {
    return place >= 0 && place < count() ? items_[static_cast<std::size_t>(place)].get() : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int place) {
    if (itemAt(place) == nullptr)
        return nullptr;
    auto* item = items_[static_cast<std::size_t>(place)].release();
    items_.erase(items_.begin() + place);
    return item;
}

int FlowLayout::widthOf(const Items& line) const {
    int width = spacing() * std::max(0, static_cast<int>(line.size()) - 1);
    for (const auto* item : line)
        width += wantedWidth(*item);
    return width;
}

std::vector<FlowLayout::Items> FlowLayout::linesFor(int width) const {
    std::vector<Items> lines(1);
    for (const auto& item : items_) {
        if (item->isEmpty() && !isStretch(item.get()))
            continue;
        auto longer = lines.back();
        longer.push_back(item.get());
        if (lines.back().empty() || widthOf(longer) <= width)
            lines.back() = std::move(longer);
        else if (!isStretch(item.get())) // the line's end is room enough
            lines.push_back({item.get()});
    }
    return lines;
}

int FlowLayout::arrange(const QRect& rect, bool move) const {
    const auto margins = contentsMargins();
    const auto room = rect.marginsRemoved(margins);
    int y = room.top();
    for (const auto& line : linesFor(room.width())) {
        int height = 0, growing = 0;
        for (const auto* item : line) {
            height = std::max(height, item->sizeHint().height());
            growing += grows(*item) ? 1 : 0;
        }
        int left = std::max(0, room.width() - widthOf(line)), x = room.left();
        for (auto* item : line) {
            int width = std::min(wantedWidth(*item), room.width());
            if (grows(*item)) {
                const int more = left / growing--;
                width += more;
                left -= more;
            }
            const int own = item->sizeHint().height();
            if (move)
                item->setGeometry({x, y + (height - own) / 2, width, own});
            x += width + spacing();
        }
        y += height + spacing();
    }
    return y - spacing() - room.top() + margins.top() + margins.bottom();
}

QSize FlowLayout::sizeHint() const {
    Items all;
    for (const auto& item : items_)
        if (!item->isEmpty() || isStretch(item.get()))
            all.push_back(item.get());
    const auto margins = contentsMargins();
    const int width = widthOf(all) + margins.left() + margins.right();
    return {width, heightForWidth(width)};
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto& item : items_)
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize());
    const auto margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

} // namespace residuum
