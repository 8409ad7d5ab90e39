#include "gui/walk/cut_text.h"

#include "widgets/panels/elided_label.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenuBar>
#include <QStatusBar>
#include <QStyleOptionComboBox>
#include <QTabBar>
#include <QTextDocument>

#include <cmath>

namespace residuum::test {

namespace {

QString named(const QWidget& widget, const QString& text) {
    return QStringLiteral("%1 \"%2\" in %3 x %4")
        .arg(QLatin1String(widget.metaObject()->className()), text.left(60))
        .arg(widget.width())
        .arg(widget.height());
}

bool cutsLabel(const QLabel& label) {
    if (label.text().isEmpty())
        return false;
    const auto room = label.contentsRect();
    if (label.wordWrap())
        return label.heightForWidth(label.width()) > label.height() + 1;
    return label.sizeHint().width() > room.width() + 2 * label.margin() + 1 ||
           label.minimumSizeHint().height() > label.height() + 2;
}

bool cutsChoice(const QComboBox& choice) {
    QStyleOptionComboBox option;
    option.initFrom(&choice);
    const auto field = choice.style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                      QStyle::SC_ComboBoxEditField, &choice);
    return choice.fontMetrics().horizontalAdvance(choice.currentText()) > field.width();
}

QStringList cutTabs(const QTabBar& bar) {
    QStringList cut;
    for (int i = 0; i < bar.count(); ++i) {
        const auto place = bar.tabRect(i);
        const int text = bar.fontMetrics().horizontalAdvance(bar.tabText(i));
        if (bar.isTabVisible(i) &&
            (text > place.width() || place.right() > bar.width() || place.left() < 0))
            cut << named(bar, bar.tabText(i));
    }
    return cut;
}

QStringList cutHeads(const QHeaderView& header) {
    QStringList cut;
    if (header.orientation() != Qt::Horizontal || header.model() == nullptr)
        return cut;
    for (int i = 0; i < header.count(); ++i) {
        const auto text = header.model()->headerData(i, Qt::Horizontal).toString();
        int width = 0;
        for (const auto& line : text.split(QLatin1Char('\n')))
            width = std::max(width, header.fontMetrics().horizontalAdvance(line));
        if (!header.isSectionHidden(i) && width > header.sectionSize(i))
            cut << named(header, text);
    }
    return cut;
}

/// What scrolls may be larger than where it is seen.
bool isScrolled(const QWidget& widget) {
    const auto* parent = widget.parentWidget();
    return parent != nullptr &&
           qobject_cast<const QAbstractScrollArea*>(parent->parentWidget()) != nullptr;
}

bool isOwnOfQt(const QWidget& widget) {
    return widget.objectName().startsWith(QStringLiteral("qt_"));
}

template <class Look>
void eachVisible(const QWidget& window, const Look& look) {
    for (const auto* widget : window.findChildren<QWidget*>())
        if (widget->isVisible() && widget->window() == &window && !isOwnOfQt(*widget))
            look(*widget);
}

} // namespace

QStringList cutTexts(const QWidget& window) {
    QStringList cut;
    eachVisible(window, [&](const QWidget& widget) {
        const auto* parent = widget.parentWidget();
        if (!widget.size().isEmpty() && !isScrolled(widget) &&
            !parent->rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()))
            cut << named(widget, QStringLiteral("leaves its parent: ") + widget.accessibleName());
        if (const auto* label = qobject_cast<const QLabel*>(&widget);
            label != nullptr && qobject_cast<const ElidedLabel*>(label) == nullptr &&
            cutsLabel(*label))
            cut << named(widget, label->text());
        if (const auto* button = qobject_cast<const QAbstractButton*>(&widget);
            button != nullptr && !button->text().isEmpty() &&
            button->minimumSizeHint().width() > button->width() + 1)
            cut << named(widget, button->text());
        if (const auto* choice = qobject_cast<const QComboBox*>(&widget);
            choice != nullptr && cutsChoice(*choice))
            cut << named(widget, choice->currentText());
        if (const auto* bar = qobject_cast<const QTabBar*>(&widget))
            cut << cutTabs(*bar);
        if (const auto* header = qobject_cast<const QHeaderView*>(&widget))
            cut << cutHeads(*header);
    });
    return cut;
}

QStringList shortenedTexts(const QWidget& window) {
    QStringList shortened;
    eachVisible(window, [&](const QWidget& widget) {
        const auto* label = qobject_cast<const ElidedLabel*>(&widget);
        if (label != nullptr && label->text() != label->fullText())
            shortened << named(widget, label->fullText() + QStringLiteral(" -> ") + label->text());
    });
    return shortened;
}

} // namespace residuum::test
