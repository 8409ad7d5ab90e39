#include "widgets/panels/question_panel.h"

#include "widgets/figure/figure_difference.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/prompt_answer.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"

#include <QEvent>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

QuestionPanel::QuestionPanel(Workspace& workspace, QuestionBoard& board, QWidget* parent)
    : QWidget(parent), workspace_(workspace), board_(board), bar_(new ColourBar(this)),
      tabs_(new QTabWidget(this)) {
    tabs_->setDocumentMode(true);
    connectBar(*bar_, [this](auto limit) { board_.lockScale(limit); });
    connect(tabs_, &QTabWidget::currentChanged, this, &QuestionPanel::refresh);
    connect(&board_, &QuestionBoard::scaleChanged, this, &QuestionPanel::refresh);
    connect(&workspace_, &Workspace::columnsChanged, this, &QuestionPanel::rebuild);
    connect(&workspace_, &Workspace::resultsChanged, this, [this] {
        if (isVisible())
            showAnswers(); // another question's board tells
    });
    connect(&workspace_, &Workspace::differenceChanged, this, &QuestionPanel::rebuild);
    connect(&workspace_, &Workspace::positionChanged, this, &QuestionPanel::refresh);
    connect(&workspace_, &Workspace::pinsChanged, this, [this] { refreshMarks(); });
    connect(&workspace_, &Workspace::hoveredChanged, this, [this] { refreshMarks(); });
    connect(&board_, &QuestionBoard::changed, this, &QuestionPanel::refresh);
    connect(&board_, &QuestionBoard::settingsChanged, this, [this] {
        refreshChoices();
        refresh();
    });
}

void QuestionPanel::connectBar(ColourBar& bar,
                               const std::function<void(std::optional<double>)>& lock) {
    connect(&bar, &ColourBar::lockToggled, this, [&bar, lock](bool locked) {
        lock(locked ? std::optional(bar.scale().limit) : std::nullopt);
    });
    connect(&bar, &ColourBar::fullRangeWanted, &workspace_, &Workspace::toggleFullRange);
}

PlotPage* QuestionPanel::addPage(std::vector<PlotPage::Row> rows, Bar bar) {
    auto* shown = bar == Bar::Shown ? bar_ : bar == Bar::Own ? new ColourBar(this) : nullptr;
    auto* page =
        new PlotPage(std::move(rows), shown, bar == Bar::None ? 0 : bar_->sizeHint().width());
    if (bar == Bar::Own)
        connectBar(*shown, [this, page](auto limit) { board_.lockScale(page->view(), limit); });
    connect(page, &PlotPage::hovered, &workspace_, &Workspace::setHovered);
    connect(page, &PlotPage::menuWanted, this, &QuestionPanel::menuWanted);
    connect(page, &PlotPage::clicked, this, [this](const Thing& thing) { click(thing); });
    pages_.push_back(page);
    return page;
}

void QuestionPanel::addTable(ThingTable* table, const QString& view) {
    connect(table, &ThingTable::thingHovered, &workspace_, &Workspace::setHovered);
    connect(table, &ThingTable::thingClicked, &workspace_, &Workspace::pin);
    connect(table, &ThingTable::menuWanted, this, &QuestionPanel::menuWanted);
    tables_.push_back({table, view});
}

void QuestionPanel::layOut(const QString& name, const std::vector<QWidget*>& bars,
                           const QList<int>& heights, QWidget* foot) {
    tabs_->setAccessibleName(tr("%1 details").arg(name));
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(name + QStringLiteral("Splitter"));
    splitter->addWidget(pages_.front());
    if (std::none_of(pages_.begin(), pages_.end(),
                     [this](const PlotPage* page) { return page->bar() == bar_; }))
        bar_->hide(); // no page has room for it
    splitter->addWidget(tabs_);
    splitter->setSizes(heights);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    for (auto* bar : bars)
        layout->addWidget(bar);
    layout->addWidget(splitter, 1);
    if (foot != nullptr)
        layout->addWidget(foot);
}

HeatmapView* QuestionPanel::differenceHeatmap() const {
    const auto& page = *pages_.front();
    return page.differenceHead() == nullptr
               ? nullptr
               : page.plot<HeatmapView>(page.firstPlot(), static_cast<int>(ids_.size()));
}

std::vector<const ModelColumn*> QuestionPanel::shown() const {
    std::vector<const ModelColumn*> columns;
    for (const auto& column : workspace_.columns())
        if (shows(column))
            columns.push_back(&column);
    return columns;
}

bool QuestionPanel::shows(const ModelColumn& column) const {
    return column.answers(board_.kind());
}

QuestionPanel::ColumnState QuestionPanel::stateOf(const ModelColumn& column) const {
    if (!has(column))
        return {false, true, missingText(column)};
    return {true, board_.status(column.id)->stale(), {}};
}

QString QuestionPanel::missingText(const ModelColumn& column) const {
    if (!column.answers(board_.kind()))
        return tr("%1 is a saved result of another kind: see its own tab.").arg(column.name);
    const auto* status = board_.status(column.id);
    if (status != nullptr && !status->sentence.isEmpty())
        return status->sentence;
    const auto obstacle = board_.obstacle();
    return obstacle.isEmpty() ? tr("computing …") : obstacle;
}

void QuestionPanel::click(const Thing& thing) {
    workspace_.pin(thing);
}

void QuestionPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    board_.setActive(true);
    refresh();
}

void QuestionPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    board_.setActive(false);
}

/// Heads that are larger than the rest follow it.
void QuestionPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange && !pages_.empty() && !ids_.empty())
        rebuild();
}

void QuestionPanel::rebuild() {
    setUpdatesEnabled(false);
    ids_.clear();
    QStringList names;
    for (const auto* column : shown()) {
        ids_.push_back(column->id);
        names << column->name;
    }
    using Difference = PlotPage::Difference;
    const bool compares = pages_.front()->hasBar() && workspace_.difference();
    for (auto* page : pages_)
        page->setColumns(names, !compares        ? Difference::None
                                : page->hasBar() ? Difference::Shown
                                                 : Difference::Room);
    isShown_.clear();
    columnsMade();
    refreshChoices();
    refresh();
    setUpdatesEnabled(true);
}

void QuestionPanel::refresh() {
    const auto columns = shown();
    // Showing it refreshes it; new columns are made first.
    if (!isVisible() || !std::equal(columns.begin(), columns.end(), ids_.begin(), ids_.end(),
                                    [](const auto* column, int id) { return column->id == id; }))
        return;
    states_.clear();
    for (const auto* column : columns)
        states_.push_back(stateOf(*column));
    if (drawing_)
        showDrawing();
    if (const auto now = missing(wanted()))
        draw(*now);
    for (std::size_t p = 0; p < pages_.size(); ++p) {
        showStates(*pages_[p], p == 0);
        showDifference(p);
    }
    refreshRest();
    showAnswers();
    dimStale();
    refreshMarks();
    Q_EMIT refreshed();
}

/// What each model answers, where a page has a row for it.
void QuestionPanel::showAnswers() {
    const auto columns = shown();
    const auto tokenizer = workspace_.tokenizer();
    for (auto* page : pages_)
        for (int row = 0; row < static_cast<int>(page->rows().size()); ++row) {
            if (page->rows()[static_cast<std::size_t>(row)].kind != PlotPage::Kind::Answer)
                continue;
            for (std::size_t c = 0; c < ids_.size() && c < columns.size(); ++c) {
                auto* line = page->line(row, static_cast<int>(c));
                const auto answer = promptAnswer(workspace_, *columns[c]);
                const auto name = row == 0 ? columns[c]->name + QStringLiteral(": ") : QString();
                auto briefer = answer ? briefAnswers(*answer, tokenizer.get()) : QStringList();
                for (auto& text : briefer)
                    text.prepend(name);
                line->setFullText(answer ? name + answerText(*answer, tokenizer.get()) : QString(),
                                  answer ? answerExplanation(*answer, workspace_) : QString(),
                                  briefer);
                line->setEnabled(!answer || !answer->stale);
            }
        }
}

/// Plots, answers and the verdict dim themselves; every other number is dimmed here, so that no
/// question has to think of it.
void QuestionPanel::dimStale() {
    for (auto* page : pages_) {
        for (std::size_t c = 0; c < states_.size(); ++c)
            page->setLinesStale(static_cast<int>(c), states_[c].showsStale());
        page->setTitlesStale(isStale());
    }
    for (const auto& shown : tables_)
        shown.table->setStale(isStale());
}

bool QuestionPanel::isStale() const {
    return std::any_of(states_.begin(), states_.end(),
                       [](const ColumnState& state) { return state.showsStale(); });
}

Verdict QuestionPanel::verdict() const {
    auto text = verdictText();
    // Whose numbers they are is said also while only one model has any.
    QStringList having;
    const auto columns = shown();
    for (std::size_t c = 0; c < std::min(columns.size(), states_.size()); ++c)
        if (states_[c].has)
            having << columns[c]->name;
    if (!text.isEmpty() && having.size() == 1 && workspace_.columns().size() > 1 &&
        !text.contains(having.front()))
        text = having.front() + QStringLiteral(": ") + text;
    return {text, isStale()};
}

void QuestionPanel::showStates(PlotPage& page, bool isFirst) {
    const auto columns = shown();
    for (int r = 0; r < static_cast<int>(page.rows().size()); ++r) {
        if (page.rows()[static_cast<std::size_t>(r)].view.isEmpty())
            continue;
        if (isTogether(page, r)) {
            page.setStale(r, 0, isStale());
            continue;
        }
        for (int c = 0; c < static_cast<int>(states_.size()); ++c) {
            const auto& state = states_[static_cast<std::size_t>(c)];
            if (state.has || state.why.isEmpty())
                page.setStale(r, c,
                              isStaleIn(page.rows()[static_cast<std::size_t>(r)].view,
                                        *columns[static_cast<std::size_t>(c)], state));
            else // once is enough
                page.showNothing(r, c, isFirst && r == page.firstPlot() ? state.why : QString());
        }
    }
}

void QuestionPanel::showDifference(std::size_t p) {
    auto& page = *pages_[p];
    if (page.differenceHead() == nullptr)
        return;
    const auto pair = *workspace_.difference();
    const int row = page.firstPlot(), place = static_cast<int>(ids_.size());
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair.first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair.second)];
    auto head = QStringLiteral("<b>%1</b><br>%2")
                    .arg(differenceName(a.head, b.head).toHtmlEscaped(),
                         differenceText(page.rows()[static_cast<std::size_t>(row)].view));
    page.differenceHead()->setText(head);
    bool stale = false;
    for (const auto* column : {&a, &b}) {
        const auto state = stateOf(*column);
        stale |= state.stale;
        if (!state.has && state.why.isEmpty())
            return page.setStale(row, place, true);
        if (!state.has)
            return page.showNothing(row, place, state.why);
    }
    const auto* difference = drawnDifference(p);
    if (difference == nullptr)
        return;
    page.showNothing(row, place, difference->obstacle);
    page.setStale(row, place, stale);
    if (!difference->note.isEmpty())
        page.differenceHead()->setText(head + QStringLiteral("<br>") +
                                       difference->note.toHtmlEscaped());
}

std::optional<std::pair<int, int>> QuestionPanel::compared() const {
    const auto pair = workspace_.difference();
    if (!pair)
        return std::nullopt;
    const auto placeOf = [&](int column) -> std::optional<int> {
        int place = 0;
        for (std::size_t c = 0; c < states_.size(); ++c) {
            if (ids_[c] == workspace_.columns()[static_cast<std::size_t>(column)].id)
                return states_[c].has ? std::optional(place) : std::nullopt;
            place += states_[c].has ? 1 : 0;
        }
        return std::nullopt;
    };
    const auto first = placeOf(pair->first), second = placeOf(pair->second);
    return first && second ? std::optional(std::pair(*first, *second)) : std::nullopt;
}

void QuestionPanel::refreshMarks() {
    const auto thing = workspace_.hovered();
    for (auto* page : pages_) {
        page->setHovered(thing);
        page->setPins(workspace_.state().pins);
    }
    for (auto* page : pages_)
        page->mark(thing);
    for (const auto& shown : tables_) {
        if (shown.table->isVisible())
            shown.table->setHovered(thing);
        shown.table->setPins(workspace_.state().pins);
    }
}

} // namespace residuum
