#include "widgets/panels/inspector.h"

#include "widgets/panels/component_text.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/pattern_row.h"
#include "widgets/panels/pin_list.h"
#include "widgets/panels/question_panel.h"
#include "widgets/panels/text_block.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/eliding.h"

#include <QEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
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

/// As what is stale is shown.
QString dimmed(const QString& html, const QString& colour) {
    return QStringLiteral("<span style='color:%1'>%2</span>").arg(colour, html);
}

} // namespace

Inspector::Inspector(Workspace& workspace, std::vector<KnownPanel> panels, QWidget* parent)
    : QWidget(parent), workspace_(workspace), panels_(std::move(panels)), details_(workspace),
      title_(new ElidedLabel), scroll_(new QScrollArea), numbers_(new TextBlock),
      parts_(new TextBlock), patterns_(new PatternRow(workspace, details_)), pinTitle_(new QLabel),
      pins_(new PinList(workspace)) {
    for (auto* text : {numbers_, parts_}) {
        connect(text, &QLabel::linkActivated, this, [this](const QString& name) {
            if (const auto thing = parseThing(name.toStdString()))
                workspace_.pin(*thing);
        });
    }
    numbers_->setAccessibleName(tr("numbers of it in every model"));
    parts_->setAccessibleName(tr("parts of it in every model"));
    connect(patterns_, &PatternRow::largeWanted, this, &Inspector::showAttention);
    auto* dossier = new QWidget;
    auto* dossierLayout = new QVBoxLayout(dossier);
    dossierLayout->setContentsMargins(0, 0, 0, 0);
    dossierLayout->addWidget(numbers_);
    dossierLayout->addWidget(parts_);
    dossierLayout->addWidget(patterns_);
    dossierLayout->addStretch(1);
    scroll_->setWidget(dossier);
    scroll_->setWidgetResizable(true);
    scroll_->setAccessibleName(tr("what is known of it"));
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // the numbers keep their width
    scroll_->setMinimumHeight(6 * fontMetrics().height());
    pinTitle_->setWordWrap(true);
    pinTitle_->setBuddy(pins_);
    pins_->setMinimumHeight(4 * fontMetrics().height());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(title_);
    layout->addWidget(scroll_, 3);
    layout->addWidget(pinTitle_);
    layout->addWidget(pins_, 1);

    connect(&workspace_, &Workspace::hoveredChanged, this, &Inspector::refreshNumbers);
    for (auto signal : {&Workspace::columnsChanged, &Workspace::pinsChanged})
        connect(&workspace_, signal, this, &Inspector::refresh);
    for (auto signal : {&Workspace::resultsChanged, &Workspace::positionChanged})
        connect(&workspace_, signal, this, &Inspector::refreshSoon);
    for (const auto& known : panels_)
        connect(known.panel, &QuestionPanel::refreshed, this, &Inspector::refreshSoon);
    connect(&details_, &ComponentDetails::changed, this, &Inspector::refreshParts);
    fixWidth();
    refresh();
}

QString Inspector::plainText() const {
    auto text = title_->fullText();
    for (const auto* part : {numbers_, parts_}) {
        QTextDocument document;
        document.setHtml(part->text());
        text += QLatin1Char('\n') + document.toPlainText();
    }
    return text;
}

void Inspector::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fixWidth();
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange ||
        event->type() == QEvent::PaletteChange)
        refresh();
}

/// Links are readable on any ground: underlined, in the text's own colour.
QString Inspector::withLinks(QString html) const {
    return html.replace(QStringLiteral("<a href"),
                        QStringLiteral("<a style='color:%1' href")
                            .arg(palette().color(QPalette::WindowText).name()));
}

int Inspector::nameWidth() const {
    return fontMetrics().averageCharWidth() * 9;
}

int Inspector::wantedWidth() const {
    return std::max(leastWidth(numbers_->text(), numbers_->font()),
                    leastWidth(parts_->text(), parts_->font()));
}

int Inspector::numbersWidth() const {
    return numbers_->contentsRect().width();
}

/// For the longest name beside three of the longest numbers and words, or four without signs.
void Inspector::fixWidth() {
    auto large = font();
    large.setBold(true);
    large.setPointSizeF(large.pointSizeF() * 1.2);
    title_->setFont(large);
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
    const int width =
        std::max(leastWidth(three, numbers_->font()), leastWidth(four, numbers_->font()));
    numbers_->setMinimumWidth(width);
    parts_->setMinimumWidth(width);
    patterns_->fit(width);
    scroll_->setMinimumWidth(width + scroll_->verticalScrollBar()->sizeHint().width());
}

std::optional<Thing> Inspector::shownThing() const {
    const auto& hovered = workspace_.hovered();
    // From token to token the head attends whose attention is shown.
    const bool isPair = hovered && std::holds_alternative<PositionPair>(*hovered);
    return hovered && !isPair ? hovered : workspace_.selected();
}

std::optional<Component> Inspector::shownComponent() const {
    const auto thing = shownThing();
    const auto* component = thing ? std::get_if<Component>(&*thing) : nullptr;
    return component == nullptr ? std::nullopt : std::optional(*component);
}

const KnownPanel* Inspector::front() const {
    const auto found = std::find_if(panels_.begin(), panels_.end(), [](const KnownPanel& known) {
        return known.panel->isVisible();
    });
    return found == panels_.end() ? nullptr : &*found;
}

QString Inspector::titleOf(const Thing& thing) const {
    if (const auto* pin = workspace_.pinOf(thing))
        return tr("%1 · pin %2").arg(pinName(*pin), pin->letter);
    const auto name = QString::fromStdString(label(thing));
    const auto* place = std::get_if<Position>(&thing);
    const auto& tokens = workspace_.state().prompt.tokens;
    if (place == nullptr || static_cast<std::size_t>(place->at.value) >= tokens.size())
        return name;
    const auto token = tokens[static_cast<std::size_t>(place->at.value)];
    return QStringLiteral("%1 (%2)").arg(name, chipText(workspace_.tokenizer().get(), token));
}

QString Inspector::blockOf(const KnownPanel& known, const ThingNumbers& numbers) const {
    auto bold = numbers_->font();
    bold.setBold(true);
    auto heads = numbers.heads; // a long word may be parted
    heads.replaceInStrings(QStringLiteral("normalisation"), QStringLiteral("normali&shy;sation"));
    auto rows = tableRow({}, heads, "normal");
    const auto dim = dimColour();
    auto column = workspace_.columns().begin();
    for (auto cells : numbers.rows) {
        auto name =
            QStringLiteral("<b>%1</b>")
                .arg(elided(QFontMetricsF(bold), column->name, nameWidth()).toHtmlEscaped());
        const auto* status = known.panel->board().status(column->id);
        if (status != nullptr && status->stale()) {
            name = dimmed(name, dim);
            for (auto& cell : cells)
                cell = dimmed(cell, dim);
        }
        rows += tableRow(name, cells, "nowrap");
        ++column;
    }
    auto text =
        QStringLiteral("<p><b>%1</b> <small>%2</small></p>%3")
            .arg(known.name.toHtmlEscaped(), numbers.domain.toHtmlEscaped(), tableHtml(rows));
    if (!numbers.foot.isEmpty())
        text += QStringLiteral("<p><small>%1</small></p>").arg(numbers.foot);
    return text;
}

bool Inspector::anyStale(const KnownPanel& known) const {
    const auto& columns = workspace_.columns();
    return std::any_of(columns.begin(), columns.end(), [&](const ModelColumn& column) {
        const auto* status = known.panel->board().status(column.id);
        return status != nullptr && status->stale();
    });
}

QString Inspector::dimColour() const {
    return palette().color(QPalette::Disabled, QPalette::Text).name();
}

QString Inspector::overview() const {
    QString text;
    for (const auto& known : panels_)
        if (const auto there = known.panel->overview(); !there.isEmpty())
            text += anyStale(known) ? dimmed(there, dimColour()) : there;
    return text + tr("<p>Hover a cell, a point or a table row to read its numbers in every model; "
                     "click it to pin it.</p>");
}

/// Once for all that one step changes, and before that is painted.
void Inspector::refreshSoon() {
    if (!std::exchange(isAsked_, true))
        QMetaObject::invokeMethod(this, &Inspector::refresh, Qt::QueuedConnection);
}

void Inspector::refresh() {
    isAsked_ = false;
    refreshNumbers();
    refreshPins();
}

void Inspector::refreshNumbers() {
    const auto thing = shownThing();
    details_.want(shownComponent());
    refreshParts();
    if (!thing) {
        title_->setFullText(workspace_.asksMean() ? tr("The %1").arg(meanText(workspace_))
                                                  : tr("At %1").arg(placeText(workspace_)));
        numbers_->setText(withLinks(overview()));
        return;
    }
    title_->setFullText(titleOf(*thing));
    auto text = pairText();
    for (const auto& known : panels_)
        if (const auto numbers = known.panel->inspect(*thing))
            text += blockOf(known, *numbers);
    numbers_->setText(text.isEmpty() ? tr("Nothing that is computed so far has a number of it.")
                                     : text);
}

/// What the shown head attends with from a token to another that is hovered.
QString Inspector::pairText() const {
    const auto& hovered = workspace_.hovered();
    const auto* pair = hovered ? std::get_if<PositionPair>(&*hovered) : nullptr;
    if (pair == nullptr || !shownComponent())
        return {};
    const auto names = detailNames();
    QStringList values;
    for (const auto& column : workspace_.columns()) {
        const auto detail = details_.of(column.id);
        const bool has = detail && pair->query.value < detail->pattern.rows() &&
                         pair->key.value < detail->pattern.cols();
        values << (has ? threeDigits(detail->pattern(pair->query.value, pair->key.value))
                       : QStringLiteral("–"));
    }
    return tr("<p><b>Attention</b> from %1 to %2: %3</p>")
        .arg(sourceName(pair->query.value, names).toHtmlEscaped(),
             sourceName(pair->key.value, names).toHtmlEscaped(), ofEach(values));
}

DetailNames Inspector::detailNames() const {
    return {workspace_.state().prompt.tokens, workspace_.tokenizer(),
            palette().color(QPalette::Highlight),
            palette().color(QPalette::Disabled, QPalette::Text)};
}

void Inspector::refreshParts() {
    const auto thing = shownThing();
    const auto component = shownComponent();
    const bool isHead = component && component->kind == ComponentKind::Head;
    patterns_->setVisible(isHead);
    auto text = component ? partsOf(*component) : QString();
    for (const auto& known : panels_)
        if (thing)
            text += known.panel->dossier(*thing, palette());
    parts_->setText(withLinks(text));
    if (isHead)
        patterns_->refresh();
}

/// Of a component, which are computed for it.
QString Inspector::partsOf(const Component& component) const {
    std::vector<DetailColumn> columns;
    for (const auto& column : workspace_.columns()) {
        auto& there = columns.emplace_back(DetailColumn{column.name, details_.of(column.id)});
        there.stale = details_.stale(column.id);
        if (!there.detail)
            there.why = column.saved                   ? tr("a saved result has no activations")
                        : !column.model                ? tr("opening …")
                        : details_.problem().isEmpty() ? tr("computing …")
                                                       : details_.problem();
    }
    const auto of = workspace_.asksMean() ? tr("<p><small>of the prompt above, at position %1"
                                               "</small></p>")
                                                .arg(positionText(workspace_))
                                          : QString();
    return of + detailText(component, columns, detailNames());
}

HeatmapView* Inspector::pattern(int column) const {
    return patterns_->pattern(column);
}

void Inspector::showAttention() {
    if (const auto head = shownComponent())
        workspace_.pin(*head);
    Q_EMIT attentionWanted();
}

void Inspector::refreshPins() {
    PinNumbers numbers;
    if (const auto* known = front()) {
        // A tab without numbers of things leaves those of the first one.
        const auto& panel =
            known->panel->numberText().isEmpty() ? *panels_.front().panel : *known->panel;
        numbers.what = panel.numberText();
        numbers.of = [&panel](const ModelColumn& column, const Thing& thing) {
            return panel.numberOf(column, thing);
        };
        numbers.stale = [&panel](const ModelColumn& column) {
            const auto* status = panel.board().status(column.id);
            return status != nullptr && status->stale();
        };
        numbers.addUp = panel.numbersAddUp();
    }
    pinTitle_->setText(numbers.what.isEmpty() || workspace_.state().pins.empty()
                           ? tr("Pins")
                           : tr("Pins: %1").arg(numbers.what));
    pins_->refresh(numbers);
}

} // namespace residuum
