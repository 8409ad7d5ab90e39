#include "widgets/panels/inspector.h"

#include "widgets/panels/neuron_figures.h"

#include "widgets/panels/attribution_figures.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/workspace/attribution_board.h"
#include "widgets/workspace/neuron_board.h"

#include <QLabel>
#include <QListWidget>
#include <QPixmap>
#include <QTextDocument>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

QString percentText(const ComponentNumbers& numbers) {
    const auto percent = numbers.errorPercent();
    if (!percent)
        return QStringLiteral("–");
    return *percent < 5e-5 ? QStringLiteral("0.0000 %")
                           : threeDigits(*percent) + QStringLiteral(" %");
}

} // namespace

Inspector::Inspector(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace), title_(new QLabel), numbers_(new QLabel),
      pins_(new QListWidget) {
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

QString Inspector::numbersTable(const Neuron& shown) const {
    const auto cell = [](const QString& text) {
        return QStringLiteral("<td align='right' style='white-space:nowrap'>%1</td>").arg(text);
    };
    const bool entropy = workspace_.board<NeuronBoard>().settings().entropy;
    QString rows = QStringLiteral("<tr><td></td>") +
                   cell(tr("total<br><small>LN recomputed</small>")) + cell(tr("LN frozen")) +
                   cell(tr("norm")) + cell(tr("LogitVar")) + QStringLiteral("</tr>");
    const auto at = static_cast<std::size_t>(shown.index.value);
    const int nameWidth = fontMetrics().averageCharWidth() * 10;
    for (const auto& column : workspace_.columns()) {
        const auto* answer = workspace_.board<NeuronBoard>().answer(column.id);
        QString total, frozen, norm, logitVar;
        total = frozen = norm = logitVar = QStringLiteral("–");
        if (answer != nullptr && answer->result && answer->result->layer == shown.layer &&
            at < answer->result->weights.norm.size()) {
            const auto& result = *answer->result;
            norm = threeDigits(result.weights.norm[at]);
            logitVar = threeDigits(result.weights.logitVar[at]);
            const auto& list = result.chosen.neurons;
            if (const auto found = std::find(list.begin(), list.end(), shown.index);
                found != list.end()) {
                const auto row = found - list.begin();
                total = threeDigits(result.chosen.meanAbs(row, effectColumn(false, entropy)));
                frozen = threeDigits(result.chosen.meanAbs(row, effectColumn(true, entropy)));
            }
        }
        rows += QStringLiteral("<tr><td style='white-space:nowrap'><b>%1</b></td>")
                    .arg(fontMetrics()
                             .elidedText(column.name, Qt::ElideMiddle, nameWidth)
                             .toHtmlEscaped()) +
                cell(total) + cell(frozen) + cell(norm) + cell(logitVar) + QStringLiteral("</tr>");
    }
    return QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'>%1</table><p>%2</p>")
        .arg(rows, tr("mean |Δ %1| per token in nats; – where a neuron is not followed: pin it")
                       .arg(entropy ? tr("entropy") : tr("loss")));
}

QString Inspector::numbersTable(const Component& component) const {
    const auto cell = [](const QString& text) {
        return QStringLiteral("<td align='right' style='white-space:nowrap'>%1</td>").arg(text);
    };
    QString rows = QStringLiteral("<tr><td></td>") + cell(tr("DLA<br><small>LN frozen</small>")) +
                   cell(tr("direct effect<br><small>LN recomputed</small>")) + cell(tr("error")) +
                   QStringLiteral("</tr>");
    const int nameWidth = fontMetrics().averageCharWidth() * 10;
    const auto& board = workspace_.board<AttributionBoard>();
    for (const auto& column : workspace_.columns()) {
        const auto result = board.result(column.id);
        const auto numbers =
            result ? numbersOf(*result, board.rowOf(column), component) : std::nullopt;
        const auto none = QStringLiteral("–");
        const auto name = fontMetrics().elidedText(column.name, Qt::ElideMiddle, nameWidth);
        rows += QStringLiteral("<tr><td style='white-space:nowrap'><b>%1</b></td>")
                    .arg(name.toHtmlEscaped()) +
                cell(numbers ? threeDigits(numbers->dla) : none) +
                cell(numbers ? threeDigits(numbers->directEffect) : none) +
                cell(numbers ? percentText(*numbers) : none) + QStringLiteral("</tr>");
    }
    return QStringLiteral("<table cellspacing='0' cellpadding='2' width='100%'>%1</table><p>in "
                          "logits, at position %2; error: |DLA − direct effect| / |direct "
                          "effect|</p>")
        .arg(rows)
        .arg(workspace_.state().position);
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
    if (const auto* neuron = std::get_if<Neuron>(&*thing))
        numbers_->setText(numbersTable(*neuron));
    else if (const auto* component = std::get_if<Component>(&*thing))
        numbers_->setText(numbersTable(*component));
    else
        numbers_->clear();
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
