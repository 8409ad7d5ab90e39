#include "widgets/panels/inspector.h"

#include "widgets/panels/question_panel.h"

#include <QLabel>
#include <QListWidget>
#include <QPixmap>
#include <QTextDocument>
#include <QVBoxLayout>

#include <utility>

namespace residuum {

Inspector::Inspector(Workspace& workspace, std::vector<const QuestionPanel*> panels,
                     QWidget* parent)
    : QWidget(parent), workspace_(workspace), panels_(std::move(panels)), title_(new QLabel),
      numbers_(new QLabel), pins_(new QListWidget) {
    auto font = title_->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.2);
    title_->setFont(font);
    numbers_->setWordWrap(true);
    numbers_->setTextFormat(Qt::RichText);
    numbers_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    numbers_->setAlignment(Qt::AlignTop);
    numbers_->setAccessibleName(tr("numbers of the component in every model"));
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
    refreshPins();
    refresh();
}

QString Inspector::plainText() const {
    QTextDocument document;
    document.setHtml(numbers_->text());
    return title_->text() + QLatin1Char('\n') + document.toPlainText();
}

std::optional<Thing> Inspector::shownThing() const {
    if (workspace_.hovered())
        return workspace_.hovered();
    const auto& pins = workspace_.state().pins;
    return pins.empty() ? std::nullopt : std::optional(pins.back().thing);
}

QString Inspector::tableOf(const ThingNumbers& numbers) const {
    const auto row = [](const QString& head, const QStringList& cells) {
        auto html = QStringLiteral("<tr><td style='white-space:nowrap'>%1</td>").arg(head);
        for (const auto& cell : cells)
            html +=
                QStringLiteral("<td align='right' style='white-space:nowrap'>%1</td>").arg(cell);
        return html + QStringLiteral("</tr>");
    };
    const int nameWidth = fontMetrics().averageCharWidth() * 10;
    auto rows = row({}, numbers.heads);
    auto name = workspace_.columns().begin();
    for (const auto& cells : numbers.rows)
        rows += row(QStringLiteral("<b>%1</b>")
                        .arg(fontMetrics()
                                 .elidedText((name++)->name, Qt::ElideMiddle, nameWidth)
                                 .toHtmlEscaped()),
                    cells);
    return QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'>%1</table><p>%2</p>")
        .arg(rows, numbers.foot);
}

void Inspector::refresh() {
    const auto thing = shownThing();
    if (!thing) {
        title_->setText(tr("No component"));
        numbers_->setText(
            tr("Hover a cell, a point or a table row to read a component's numbers in "
               "every model; click it to pin it."));
        return;
    }
    title_->setText(QString::fromStdString(label(*thing)));
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
