#include "widgets/panels/aligned_pair.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

/// Equal tokens that stay beside a differing one, and how many more are worth a fold.
constexpr int context = 2, leastFold = 4;
constexpr int padding = 9;

QString foldText(int count) {
    return AlignedPair::tr("⋯ %1 equal ⋯").arg(count);
}

} // namespace

AlignedPair::AlignedPair(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("clean and corrupted prompt, token under token"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    layOut();
}

void AlignedPair::setTokens(const QStringList& clean, const QStringList& corrupt, int position) {
    if (clean == clean_ && corrupt == corrupt_ && position == position_)
        return;
    isUnfolded_ &= clean == clean_ && corrupt == corrupt_;
    clean_ = clean;
    corrupt_ = corrupt;
    position_ = position;
    differing_.clear();
    QStringList names;
    for (int at = 0; at < tokens(); ++at)
        if (differsAt(at)) {
            differing_.push_back(at);
            names << QString::number(at);
        }
    setAccessibleDescription(tr("differing positions: %1").arg(names.join(QLatin1Char(' '))));
    layOut();
}

void AlignedPair::setRoom(int width) {
    if (std::exchange(room_, width) != width)
        layOut();
}

void AlignedPair::setOneLine(bool one) {
    if (std::exchange(isOneLine_, one) != one)
        layOut();
}

bool AlignedPair::isFolded() const {
    return std::any_of(items_.begin(), items_.end(),
                       [](const Item& item) { return item.count > 1; });
}

int AlignedPair::tokens() const {
    return static_cast<int>(std::max(clean_.size(), corrupt_.size()));
}

int AlignedPair::widthOf(int position) const {
    auto bold = font();
    bold.setBold(differsAt(position));
    const QFontMetrics metrics(bold);
    return std::max({isOneLine_ ? 0 : metrics.horizontalAdvance(clean_.value(position)),
                     metrics.horizontalAdvance(corrupt_.value(position)),
                     metrics.averageCharWidth() * 2}) +
           padding;
}

int AlignedPair::rowHeight() const {
    return fontMetrics().height() + 5;
}

int AlignedPair::headWidth() const {
    return fontMetrics().horizontalAdvance(tr("corrupted")) + 10;
}

std::vector<AlignedPair::Item> AlignedPair::items(bool folded) const {
    std::vector<bool> stays(static_cast<std::size_t>(tokens()), !folded);
    const auto keep = [&](int at) {
        for (int i = std::max(0, at - context); i <= std::min(tokens() - 1, at + context); ++i)
            stays[static_cast<std::size_t>(i)] = true;
    };
    for (const int at : differing_)
        keep(at);
    if (position_ >= 0 && position_ < tokens())
        keep(position_);
    std::vector<Item> list;
    int x = headWidth();
    const auto add = [&](int first, int count, int width) {
        list.push_back({first, count, x, width});
        x += width;
    };
    for (int at = 0; at < tokens();) {
        int end = at;
        while (end < tokens() && !stays[static_cast<std::size_t>(end)])
            ++end;
        if (end - at >= leastFold) {
            add(at, end - at, fontMetrics().horizontalAdvance(foldText(end - at)) + padding);
            at = end;
        } else {
            add(at, 1, widthOf(at));
            ++at;
        }
    }
    return list;
}

void AlignedPair::layOut() {
    const auto end = [this](const std::vector<Item>& list) {
        return (list.empty() ? headWidth() : list.back().x + list.back().width) + 2;
    };
    items_ = items(false);
    if (!isUnfolded_ && end(items_) > room_)
        items_ = items(true);
    const QSize size(end(items_), cellHeight() + 2);
    update();
    if (size == size_)
        return;
    size_ = size;
    updateGeometry();
    Q_EMIT resized();
}

QRect AlignedPair::cellOf(int position) const {
    for (const auto& item : items_)
        if (item.count == 1 && item.first == position)
            return {item.x, 0, item.width, cellHeight()};
    return {};
}

const AlignedPair::Item* AlignedPair::itemAt(const QPoint& point) const {
    for (const auto& item : items_)
        if (point.x() >= item.x && point.x() < item.x + item.width)
            return &item;
    return nullptr;
}

void AlignedPair::paintToken(QPainter& painter, const Item& item) const {
    const int height = rowHeight(), at = item.first;
    const QRect cell(item.x, 0, item.width, cellHeight());
    auto drawn = font();
    if (differsAt(at)) {
        const bool dark = palette().color(QPalette::Base).lightness() < 128;
        painter.fillRect(cell.adjusted(1, 0, -1, 0),
                         dark ? QColor(122, 74, 0) : QColor(255, 221, 148));
        drawn.setBold(true);
    }
    painter.setFont(drawn);
    const QRect top(item.x, 0, item.width, height);
    if (!isOneLine_)
        painter.drawText(top, Qt::AlignCenter, clean_.value(at));
    painter.drawText(isOneLine_ ? top : top.translated(0, height), Qt::AlignCenter,
                     corrupt_.value(at));
    painter.setFont(font());
    if (at != position_)
        return;
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(cell.adjusted(1, 1, -2, -1));
    painter.setPen(palette().color(QPalette::Text));
}

void AlignedPair::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const int height = rowHeight();
    painter.setPen(palette().color(QPalette::Text));
    const QRect head(0, 0, headWidth(), height);
    if (!isOneLine_)
        painter.drawText(head, Qt::AlignVCenter, tr("clean"));
    painter.drawText(isOneLine_ ? head : head.translated(0, height), Qt::AlignVCenter,
                     tr("corrupted"));
    for (const auto& item : items_) {
        const QRect cell(item.x, 0, item.width, cellHeight());
        if (!event->rect().intersects(cell))
            continue;
        if (item.count == 1) {
            paintToken(painter, item);
            continue;
        }
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(cell, Qt::AlignCenter, foldText(item.count));
        painter.setPen(palette().color(QPalette::Text));
    }
}

void AlignedPair::mousePressEvent(QMouseEvent* event) {
    const auto* item = itemAt(event->pos());
    if (item == nullptr)
        return;
    if (item->count == 1)
        return Q_EMIT positionPicked(item->first);
    isUnfolded_ = true;
    layOut();
}

void AlignedPair::mouseDoubleClickEvent(QMouseEvent*) {
    Q_EMIT editRequested({});
}

void AlignedPair::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        const int next = position_ + (event->key() == Qt::Key_Left ? -1 : 1);
        if (next >= 0 && next < tokens())
            Q_EMIT positionPicked(next);
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT editRequested({});
    } else if (!event->text().isEmpty() && event->text()[0].isPrint() &&
               !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        Q_EMIT editRequested(event->text());
    } else {
        QWidget::keyPressEvent(event);
    }
}

void AlignedPair::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        layOut();
}

bool AlignedPair::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto* item = itemAt(help->pos());
    const auto text = item == nullptr ? QString()
                      : item->count > 1
                          ? tr("positions %1 to %2 are equal; a click shows them")
                                .arg(item->first)
                                .arg(item->first + item->count - 1)
                          : tr("position %1: clean %2, corrupted %3")
                                .arg(QString::number(item->first), clean_.value(item->first),
                                     corrupt_.value(item->first));
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

} // namespace residuum
