#include "widgets/panels/inspector.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/question_panel.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/eliding.h"
#include "widgets/text/eliding_delegate.h"

#include <QEvent>
#include <QLabel>
#include <QListWidget>
#include <QPixmap>
#include <QTextDocument>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

QString tableRow(const QString& head, const QStringList& cells, const char* wrap) {
    auto html = QStringLiteral("<tr><td style='white-space:nowrap'>%1</td>").arg(head);
    for (const auto& cell : cells)
        html += QStringLiteral("<td align='right' style='white-space:%1'>%2</td>")
                    .arg(QLatin1String(wrap), cell);
    return html + QStringLiteral("</tr>");
}

/// That a text can do with.
int leastWidth(const QString& html, const QFont& font) {
    QLabel label(html);
    label.setFont(font);
    label.setTextFormat(Qt::RichText);
    label.setWordWrap(true);
    return label.minimumSizeHint().width();
}

QString tableHtml(const QString& rows) {
    return QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'>%1</table>")
        .arg(rows);
}

} // namespace

Inspector::Inspector(Workspace& workspace, std::vector<const QuestionPanel*> panels,
                     QWidget* parent)
    : QWidget(parent), workspace_(workspace), panels_(std::move(panels)), title_(new ElidedLabel),
      numbers_(new QLabel), pins_(new QListWidget) {
    auto font = title_->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.2);
    title_->setFont(font);
    numbers_->setWordWrap(true);
    numbers_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    numbers_->setTextFormat(Qt::RichText);
    numbers_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    numbers_->setAlignment(Qt::AlignTop);
    numbers_->setAccessibleName(tr("numbers of the component in every model"));
    pins_->setItemDelegate(new ElidingDelegate(pins_));
    pins_->setAccessibleName(tr("pinned components"));
    pins_->setToolTip(tr("Click a pin, or press Space on it, to unpin it"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(title_);
    layout->addWidget(numbers_);
    auto* pinTitle = new QLabel(tr("Pins"));
    layout->addWidget(pinTitle);
    layout->addWidget(pins_, 1);
    pinTitle->setBuddy(pins_);

    connect(&workspace_, &Workspace::hoveredChanged, this, &Inspector::refresh);
    connect(&workspace_, &Workspace::resultsChanged, this, &Inspector::refresh);
    connect(&workspace_, &Workspace::columnsChanged, this, &Inspector::refresh);
    connect(&workspace_, &Workspace::positionChanged, this, &Inspector::refresh);
    connect(&workspace_, &Workspace::pinsChanged, this, &Inspector::refreshPins);
    connect(&workspace_, &Workspace::pinsChanged, this, &Inspector::refresh);
    connect(pins_, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) {
        workspace_.togglePin(item->data(Qt::UserRole).value<Thing>());
    });
    connect(pins_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        workspace_.togglePin(item->data(Qt::UserRole).value<Thing>());
    });
    fixWidth();
    refreshPins();
    refresh();
}

QString Inspector::plainText() const {
    QTextDocument document;
    document.setHtml(numbers_->text());
    return title_->fullText() + QLatin1Char('\n') + document.toPlainText();
}

void Inspector::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        fixWidth();
        refresh();
    }
}

int Inspector::nameWidth() const {
    return fontMetrics().averageCharWidth() * 9;
}

int Inspector::wantedWidth() const {
    return leastWidth(numbers_->text(), numbers_->font());
}

int Inspector::numbersWidth() const {
    return numbers_->contentsRect().width();
}

/// For the longest name beside three of the longest numbers and words, or four without signs.
void Inspector::fixWidth() {
    auto bold = numbers_->font();
    bold.setBold(true);
    QString name;
    while (QFontMetricsF(bold).horizontalAdvance(name) < nameWidth())
        name += QLatin1Char('.');
    name = QStringLiteral("<b>%1</b>").arg(name);
    const auto head = QStringLiteral("<small>recomputed</small>");
    const auto number = threeDigits(-1.23e-9), percent = QStringLiteral("0.0000 %"),
               change = threeDigits(1.23e-9);
    const auto three = tableHtml(tableRow({}, {head, head, {}}, "normal") +
                                 tableRow(name, {number, number, percent}, "nowrap"));
    const auto four = tableHtml(tableRow({}, {head, {}, {}, {}}, "normal") +
                                tableRow(name, {change, change, change, change}, "nowrap"));
    numbers_->setMinimumWidth(
        std::max(leastWidth(three, numbers_->font()), leastWidth(four, numbers_->font())));
}

std::optional<Thing> Inspector::shownThing() const {
    if (workspace_.hovered())
        return workspace_.hovered();
    const auto& pins = workspace_.state().pins;
    return pins.empty() ? std::nullopt : std::optional(pins.back().thing);
}

QString Inspector::tableOf(const ThingNumbers& numbers) const {
    auto bold = numbers_->font();
    bold.setBold(true);
    auto heads = numbers.heads; // a long word may be parted
    heads.replaceInStrings(QStringLiteral("normalisation"), QStringLiteral("normali&shy;sation"));
    auto rows = tableRow({}, heads, "normal");
    auto name = workspace_.columns().begin();
    for (const auto& cells : numbers.rows)
        rows += tableRow(
            QStringLiteral("<b>%1</b>")
                .arg(elided(QFontMetricsF(bold), (name++)->name, nameWidth()).toHtmlEscaped()),
            cells, "nowrap");
    return tableHtml(rows) + QStringLiteral("<p>%1</p>").arg(numbers.foot);
}

void Inspector::refresh() {
    const auto thing = shownThing();
    if (!thing) {
        title_->setFullText(tr("No component"));
        numbers_->setText(
            tr("Hover a cell, a point or a table row to read a component's numbers in "
               "every model; click it to pin it."));
        return;
    }
    title_->setFullText(QString::fromStdString(label(*thing)));
    numbers_->clear();
    for (const auto* panel : panels_)
        if (const auto numbers = panel->inspect(*thing))
            return numbers_->setText(tableOf(*numbers));
}

void Inspector::refreshPins() {
    pins_->clear();
    for (const auto& pin : workspace_.state().pins) {
        QPixmap swatch(12, 12);
        swatch.fill(pin.colour);
        auto* item = new QListWidgetItem(QIcon(swatch), QString::fromStdString(label(pin.thing)));
        item->setData(Qt::UserRole, QVariant::fromValue(pin.thing));
        pins_->addItem(item);
    }
}

} // namespace residuum
