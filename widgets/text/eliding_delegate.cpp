#include "widgets/text/eliding_delegate.h"

#include "widgets/text/eliding.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QStyle>
#include <QToolTip>

namespace residuum {

namespace {

const QStyle& styleOf(const QStyleOptionViewItem& option) {
    return option.widget != nullptr ? *option.widget->style() : *QApplication::style();
}

/// As combo boxes mark them.
bool isSeparator(const QModelIndex& index) {
    return index.data(Qt::AccessibleDescriptionRole).toString() == QLatin1String("separator");
}

} // namespace

QStyleOptionViewItem ElidingDelegate::drawn(const QStyleOptionViewItem& option,
                                            const QModelIndex& index) const {
    auto item = option;
    initStyleOption(&item, index);
    const auto& style = styleOf(item);
    // As the style has it left and right of a text.
    const int margin = style.pixelMetric(QStyle::PM_FocusFrameHMargin, &item, item.widget) + 1;
    const auto room = style.subElementRect(QStyle::SE_ItemViewItemText, &item, item.widget);
    item.textElideMode = Qt::ElideNone;
    item.text = elided(QFontMetricsF(item.font), item.text, room.width() - 2 * margin);
    return item;
}

QString ElidingDelegate::shown(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return drawn(option, index).text;
}

void ElidingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    if (isSeparator(index)) {
        QStyleOption line;
        line.rect = option.rect;
        return styleOf(option).drawPrimitive(QStyle::PE_IndicatorToolBarSeparator, &line, painter,
                                             option.widget);
    }
    const auto item = drawn(option, index);
    styleOf(item).drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
}

QSize ElidingDelegate::sizeHint(const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
    if (!isSeparator(index))
        return QStyledItemDelegate::sizeHint(option, index);
    const int thick = styleOf(option).pixelMetric(QStyle::PM_DefaultFrameWidth, nullptr);
    return {thick, thick};
}

bool ElidingDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view,
                                const QStyleOptionViewItem& option, const QModelIndex& index) {
    if (event->type() == QEvent::ToolTip && index.isValid() &&
        !index.data(Qt::ToolTipRole).isValid()) {
        const auto whole = displayText(index.data(), option.locale);
        QToolTip::showText(event->globalPos(), shown(option, index) == whole ? QString() : whole,
                           view);
        return true;
    }
    return QStyledItemDelegate::helpEvent(event, view, option, index);
}

} // namespace residuum
