#include "widgets/panels/patching_panel.h"

#include "widgets/panels/column_grid.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/pair_editor.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/component_id.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

std::vector<std::pair<QString, PatchSite>> siteChoices() {
    std::vector<std::pair<QString, PatchSite>> choices;
    for (const auto site : allPatchSites())
        choices.emplace_back(siteTitle(site), site);
    return choices;
}

} // namespace

PatchingPanel::PatchingPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), workspace_(workspace) {
    editor_ = new PairEditor(workspace);
    bar_ = new ColourBar;
    bar_->setProperty("keep", true);
    auto* mapPage = new QWidget;
    maps_ = new QGridLayout(mapPage);
    auto* scatterPage = new QWidget;
    scatters_ = new QGridLayout(scatterPage);
    auto* patternPage = new QWidget;
    patterns_ = new QGridLayout(patternPage);
    patternRun_ = new QComboBox;
    patternRun_->addItems({tr("clean"), tr("corrupted"), tr("clean − corrupted")});
    patternRun_->setAccessibleName(tr("run whose attention is shown"));
    patternRun_->setProperty("keep", true);
    patternTitle_ = new QLabel;
    patternTitle_->setProperty("keep", true);
    connect(patternRun_, &QComboBox::activated, this, &PatchingPanel::refreshPatterns);
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("patching details"));
    tabs_->addTab(scatterPage, tr("Estimate against exact"));
    tabs_->addTab(patternPage, tr("Attention pattern"));
    for (auto* grid : {maps_, scatters_, patterns_}) {
        grid->setContentsMargins(4, 2, 4, 2);
        grid->setHorizontalSpacing(8);
        grid->setVerticalSpacing(1);
    }
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("patchingSplitter"));
    splitter->addWidget(mapPage);
    splitter->addWidget(tabs_);
    splitter->setSizes({300, 220});
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    layout->addWidget(editor_);
    layout->addWidget(makeToolBar());
    layout->addWidget(splitter, 1);

    connect(bar_, &ColourBar::lockToggled, this, [this](bool locked) {
        lockedLimit_ = locked ? std::optional(bar_->scale().limit) : std::nullopt;
        refresh();
    });
    connect(&workspace_, &Workspace::columnsChanged, this, &PatchingPanel::rebuild);
    connect(&workspace_, &Workspace::differenceChanged, this, &PatchingPanel::rebuild);
    connect(&workspace_, &Workspace::positionChanged, this, &PatchingPanel::refresh);
    connect(&workspace_, &Workspace::pinsChanged, this, &PatchingPanel::refreshMarks);
    connect(&workspace_, &Workspace::hoveredChanged, this, &PatchingPanel::refreshMarks);
    connect(&workspace_.patching(), &PatchingBoard::changed, this, &PatchingPanel::refresh);
    connect(&workspace_.patching(), &PatchingBoard::settingsChanged, this,
            &PatchingPanel::refreshChoices);
    rebuild();
}

HeatmapView* PatchingPanel::exactHeatmap(int column) const {
    return column < static_cast<int>(views_.size()) ? views_[static_cast<std::size_t>(column)].exact
                                                    : nullptr;
}

HeatmapView* PatchingPanel::estimateHeatmap(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].estimate
               : nullptr;
}

ScatterView* PatchingPanel::scatter(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].scatter
               : nullptr;
}

QString PatchingPanel::agreementShown(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].agreement->fullText()
               : QString();
}

HeatmapView* PatchingPanel::patternHeatmap(int column) const {
    return column < static_cast<int>(views_.size())
               ? views_[static_cast<std::size_t>(column)].pattern
               : nullptr;
}

void PatchingPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    workspace_.patching().setActive(true);
}

void PatchingPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    workspace_.patching().setActive(false);
}

template <class Value>
QComboBox* PatchingPanel::addChoice(QWidget* bar, const QString& label,
                                    const std::vector<std::pair<QString, Value>>& choices) {
    auto* combo = new QComboBox;
    for (const auto& [text, value] : choices)
        combo->addItem(text, static_cast<int>(value));
    combo->setAccessibleName(label);
    combo->setToolTip(label);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(10);
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    bar->layout()->addWidget(combo);
    connect(combo, &QComboBox::activated, this, &PatchingPanel::chooseSettings);
    return combo;
}

QWidget* PatchingPanel::makeToolBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 1, 6, 1);
    layout->setSpacing(4);
    site_ = addChoice<PatchSite>(bar, tr("site that is patched"), siteChoices());
    estimate_ = addChoice<PatchMethod>(
        bar, tr("estimate shown beside exact patching"),
        {{methodTitle(PatchMethod::Attribution), PatchMethod::Attribution},
         {methodTitle(PatchMethod::IntegratedGradients), PatchMethod::IntegratedGradients},
         {methodTitle(PatchMethod::AtpStar), PatchMethod::AtpStar}});
    metric_ = addChoice<PatchMetric>(bar, tr("metric at the last position"),
                                     {{tr("logit difference"), PatchMetric::LogitDiff},
                                      {tr("probability of the correct token"), PatchMetric::Prob},
                                      {tr("log-probability of it"), PatchMetric::LogProb},
                                      {tr("KL to the clean run"), PatchMetric::Kl}});
    direction_ =
        addChoice<PatchDirection>(bar, tr("direction"),
                                  {{tr("clean into corrupted"), PatchDirection::CleanIntoCorrupt},
                                   {tr("corrupted into clean"), PatchDirection::CorruptIntoClean}});
    lower_ = addChoice<int>(bar, tr("lower maps"),
                            {{tr("below: estimate"), 0}, {tr("below: estimate − exact"), 1}});
    normalised_ = new QCheckBox(tr("&normalised"));
    normalised_->setToolTip(tr("divided by metric(clean) − metric(corrupted)"));
    layout->addWidget(normalised_);
    connect(normalised_, &QCheckBox::toggled, this, &PatchingPanel::chooseSettings);
    return bar;
}

void PatchingPanel::toggleErrors() {
    lower_->setCurrentIndex(1 - lower_->currentIndex());
    refresh();
}

QString PatchingPanel::shownView() const {
    return lower_->currentIndex() == 1 ? QStringLiteral("patching-error")
                                       : QStringLiteral("patching");
}

void PatchingPanel::chooseSettings() {
    PatchSettings settings;
    settings.site = static_cast<PatchSite>(site_->currentData().toInt());
    settings.estimate = static_cast<PatchMethod>(estimate_->currentData().toInt());
    settings.metric = static_cast<PatchMetric>(metric_->currentData().toInt());
    settings.direction = static_cast<PatchDirection>(direction_->currentData().toInt());
    settings.normalised = normalised_->isChecked();
    lockedLimit_.reset(); // a limit of one quantity means nothing for another
    workspace_.patching().setSettings(settings);
    refresh();
}

void PatchingPanel::refreshChoices() {
    const auto& settings = workspace_.patching().settings();
    const auto choose = [](QComboBox* combo, int value) {
        combo->setCurrentIndex(std::max(0, combo->findData(value)));
    };
    choose(site_, static_cast<int>(settings.site));
    choose(estimate_, static_cast<int>(settings.estimate));
    choose(metric_, static_cast<int>(settings.metric));
    choose(direction_, static_cast<int>(settings.direction));
    const QSignalBlocker blocker(normalised_);
    normalised_->setChecked(settings.normalised);
    refresh();
}

void PatchingPanel::rebuild() {
    setUpdatesEnabled(false);
    for (auto* grid : {maps_, scatters_, patterns_})
        emptyLayout(grid);
    views_.clear();
    difference_ = nullptr;
    upperTitle_ = new QLabel;
    lowerTitle_ = new QLabel;
    int place = 0;
    for (const auto& column : workspace_.columns())
        if (!column.saved)
            addColumn(column, place++);
    if (workspace_.difference())
        addDifference(place++);
    const int columns = std::max(place, 1);
    maps_->addWidget(upperTitle_, 1, 0, 1, columns);
    maps_->addWidget(lowerTitle_, 3, 0, 1, columns);
    maps_->addWidget(bar_, 2, columns, 3, 1);
    maps_->setRowStretch(2, 1);
    maps_->setRowStretch(4, 1);
    auto* patternBar = new QWidget;
    auto* patternBarLayout = new QHBoxLayout(patternBar);
    patternBarLayout->setContentsMargins(0, 0, 0, 0);
    patternBarLayout->addWidget(patternTitle_, 1);
    patternBarLayout->addWidget(patternRun_);
    patterns_->addWidget(patternBar, 0, 0, 1, columns);
    patterns_->setRowStretch(1, 1);
    for (auto* grid : {maps_, scatters_, patterns_})
        spreadColumns(grid, columns, bar_->sizeHint().width());
    refreshChoices();
    setUpdatesEnabled(true);
}

void PatchingPanel::link(HeatmapView* view) {
    connect(view, &HeatmapView::hovered, this, &PatchingPanel::setHovered);
    connect(view, &HeatmapView::clicked, this, [this](int id) {
        if (const auto position = positionOfCell(id))
            workspace_.setPosition(*position);
        else if (axesOf(workspace_.patching().settings().site).head)
            workspace_.togglePin(id);
    });
}

void PatchingPanel::addColumn(const ModelColumn& column, int place) {
    ColumnViews views;
    views.id = column.id;
    views.title = new ElidedLabel;
    auto font = views.title->font();
    font.setBold(true);
    views.title->setFont(font);
    views.metric = new ElidedLabel;
    views.exact = new HeatmapView;
    views.estimate = new HeatmapView;
    views.scatter = new ScatterView;
    views.agreement = new ElidedLabel;
    views.worst = new ElidedLabel;
    views.exact->setAccessibleName(tr("exact patching of %1").arg(column.name));
    views.estimate->setAccessibleName(tr("estimate of patching of %1").arg(column.name));
    views.scatter->setAccessibleName(tr("estimate against exact patching of %1").arg(column.name));
    link(views.exact);
    link(views.estimate);
    connect(views.scatter, &ScatterView::hovered, this, &PatchingPanel::setHovered);
    auto* head = new QWidget;
    auto* headLayout = new QVBoxLayout(head);
    headLayout->setContentsMargins(0, 0, 0, 0);
    headLayout->setSpacing(0);
    headLayout->addWidget(views.title);
    headLayout->addWidget(views.metric);
    maps_->addWidget(head, 0, place);
    maps_->addWidget(views.exact, 2, place);
    maps_->addWidget(views.estimate, 4, place);
    scatters_->addWidget(views.scatter, 0, place);
    scatters_->addWidget(views.agreement, 1, place);
    scatters_->addWidget(views.worst, 2, place);
    scatters_->setRowStretch(0, 1);
    views.pattern = new HeatmapView;
    views.pattern->setAccessibleName(tr("attention of the pinned head in %1").arg(column.name));
    connect(views.pattern, &HeatmapView::hovered, this, &PatchingPanel::setHovered);
    connect(views.pattern, &HeatmapView::clicked, this, [this](int id) {
        if (const auto position = positionOfCell(id))
            workspace_.setPosition(*position);
    });
    patterns_->addWidget(views.pattern, 1, place);
    views_.push_back(views);
}

void PatchingPanel::addDifference(int place) {
    differenceTitle_ = new QLabel;
    differenceTitle_->setWordWrap(true);
    difference_ = new HeatmapView;
    difference_->setAccessibleName(tr("difference of two models' exact patching"));
    link(difference_);
    maps_->addWidget(differenceTitle_, 0, place);
    maps_->addWidget(difference_, 2, place);
}

PatchView PatchingPanel::view() const {
    const auto& settings = workspace_.patching().settings();
    return {settings.site, settings.estimate, workspace_.state().position, 0, settings.normalised};
}

QStringList PatchingPanel::tokenTexts() const {
    QStringList texts;
    const auto tokenizer = workspace_.tokenizer();
    for (const auto token : workspace_.state().prompt.tokens)
        texts << quotedToken(tokenizer.get(), token);
    return texts;
}

std::vector<double> PatchingPanel::lowerValues(const PatchResult& result) const {
    return lower_->currentIndex() == 1 ? errorValues(result, view())
                                       : patchValues(result, view().estimate, view());
}

void PatchingPanel::refresh() {
    std::vector<double> all;
    double scatterLimit = 0.0;
    QString unit;
    for (auto& views : views_) {
        const auto& columns = workspace_.columns();
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [&](const auto& each) { return each.id == views.id; });
        if (column == columns.end())
            continue;
        refreshColumn(*column, views);
        const auto* answer = workspace_.patching().answer(views.id);
        if (answer == nullptr || !answer->result)
            continue;
        for (const auto& values : {patchValues(*answer->result, PatchMethod::Exact, view()),
                                   patchValues(*answer->result, view().estimate, view())})
            all.insert(all.end(), values.begin(), values.end());
        for (const auto& point : views.scatter->data().points)
            scatterLimit = std::max({scatterLimit, std::abs(point.x), std::abs(point.y)});
        unit = patchUnit(*answer->result, view());
    }
    ColourScale scale;
    scale.limit = lockedLimit_.value_or(niceLimit(all));
    scale.locked = lockedLimit_.has_value();
    scale.unit = unit;
    bar_->setScale(scale);
    for (auto& views : views_) {
        views.exact->setScale(scale);
        views.estimate->setScale(scale);
        views.scatter->setLimit(scatterLimit > 0.0 ? scatterLimit * 1.05 : 1.0);
    }
    const auto& settings = workspace_.patching().settings();
    const auto conventions = patchConventions(workspace_.patching().request());
    auto where = siteTitle(settings.site);
    if (axesOf(settings.site).head && axesOf(settings.site).pos)
        where += tr(" %1").arg(workspace_.state().position);
    upperTitle_->setText(tr("exact patching, %1 · %2").arg(where, conventions));
    lowerTitle_->setText((lower_->currentIndex() == 1
                              ? tr("%1 − exact").arg(methodTitle(settings.estimate))
                              : methodTitle(settings.estimate)) +
                         QStringLiteral(", ") + where);
    refreshDifference(scale);
    refreshPatterns();
    refreshMarks();
}

void PatchingPanel::refreshPatterns() {
    const auto head = workspace_.patching().shownHead();
    const int id = head ? componentId(*head) : -1;
    if (id != shownHead_ && head && isVisible())
        tabs_->setCurrentIndex(1); // pinning a head opens its pattern
    shownHead_ = id;
    const bool difference = patternRun_->currentIndex() == 2;
    patternTitle_->setText(
        !head ? tr("Pin a head (a click in a layer × head map) to see what it attends to.")
              : tr("%1: attention of each query (row) to each key, %2")
                    .arg(QString::fromStdString(label(*head)),
                         difference ? tr("blue −1 … red 1") : tr("0 … 1")));
    ColourScale scale;
    scale.map = difference ? ColourMap::Diverging : ColourMap::Sequential;
    scale.limit = 1.0;
    for (auto& views : views_) {
        const auto* patterns = workspace_.patching().patterns(views.id);
        if (patterns == nullptr) {
            views.pattern->setEmptyText(head ? tr("computing …") : QString());
            continue;
        }
        const Table shown = patternRun_->currentIndex() == 0 ? patterns->clean
                            : patternRun_->currentIndex() == 1
                                ? patterns->corrupt
                                : patterns->clean - patterns->corrupt;
        views.pattern->setGrid(patternGrid(static_cast<int>(shown.rows()), tokenTexts()));
        views.pattern->setValues({shown.data(), shown.data() + shown.size()});
        views.pattern->setScale(scale);
    }
}

void PatchingPanel::refreshColumn(const ModelColumn& column, ColumnViews& views) {
    views.title->setFullText(
        column.model
            ? tr("%1 (%2)").arg(column.name,
                                QString::fromStdString(column.model->info().normalization.label()))
            : column.name);
    const auto* answer = workspace_.patching().answer(column.id);
    if (answer == nullptr || !answer->result || answer->result->grids.empty()) {
        auto text = workspace_.patching().obstacle();
        if (answer != nullptr && !answer->problem.isEmpty())
            text = answer->problem;
        if (!column.problem.isEmpty())
            text = column.problem;
        views.exact->setEmptyText(text.isEmpty() ? tr("computing …") : text);
        views.estimate->setEmptyText(QString());
        views.scatter->setEmptyText(QString());
        views.metric->setFullText(QString());
        views.agreement->setFullText(QString());
        views.worst->setFullText(QString());
        return;
    }
    const auto& result = *answer->result;
    auto shown = view();
    // A stale answer may be of another site; it stays until its successor is there.
    const bool sameSite = result.find(PatchMethod::Exact, shown.site) != nullptr;
    if (!sameSite) {
        views.exact->setStale(true);
        views.estimate->setStale(true);
        views.scatter->setStale(true);
        return;
    }
    const auto tokens = tokenTexts();
    const auto grid = patchGrid(result, shown, tokens);
    for (auto* map : {views.exact, views.estimate}) {
        map->setGrid(grid);
        map->setStale(answer->stale);
    }
    views.exact->setValues(patchValues(result, PatchMethod::Exact, shown));
    views.estimate->setValues(lowerValues(result));
    views.scatter->setData(agreementScatter(result, shown, tokens));
    views.scatter->setStale(answer->stale);
    auto metric =
        tr("clean %1, corrupted %2 %3")
            .arg(threeDigits(result.cleanMetric.front()), threeDigits(result.corruptMetric.front()),
                 QString::fromStdString(unitOf(result.request.metric)));
    if (!promptsWithoutGap(result).empty())
        metric += tr(" · equal, so normalised values are undefined");
    if (answer->fromCache)
        metric += tr(" · cached");
    if (!answer->problem.isEmpty())
        metric = answer->problem;
    views.metric->setFullText(metric);
    const auto agreement = residuum::agreementOf(result, shown);
    views.agreement->setFullText(!agreement ? QString()
                                            : (answer->complete ? QString() : tr("so far: ")) +
                                                  agreementText(*agreement));
    views.worst->setFullText(agreement ? worstText(*agreement, result, shown, false) : QString());
    views.agreement->setToolTip(agreement ? worstText(*agreement, result, shown, true) : QString());
}

void PatchingPanel::refreshDifference(const ColourScale& scale) {
    const auto pair = workspace_.difference();
    if (!pair || difference_ == nullptr)
        return;
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair->first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair->second)];
    differenceTitle_->setText(
        tr("<b>%1 − %2</b><br>exact patching").arg(a.name.toHtmlEscaped(), b.name.toHtmlEscaped()));
    const auto* first = workspace_.patching().answer(a.id);
    const auto* second = workspace_.patching().answer(b.id);
    if (first == nullptr || second == nullptr || !first->result || !second->result)
        return difference_->setEmptyText(tr("computing …"));
    auto values = patchValues(*first->result, PatchMethod::Exact, view());
    const auto other = patchValues(*second->result, PatchMethod::Exact, view());
    if (values.size() != other.size() || values.empty() ||
        first->result->neurons != second->result->neurons)
        return difference_->setEmptyText(
            tr("%1 and %2 have different layers, heads or top neurons, so their cells have no "
               "difference.")
                .arg(a.name, b.name));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] -= other[i];
    difference_->setGrid(patchGrid(*first->result, view(), tokenTexts()));
    difference_->setValues(values);
    difference_->setScale(scale);
    difference_->setStale(first->stale || second->stale);
}

void PatchingPanel::setHovered(std::optional<int> id) {
    // Heads are hovered in every panel; other cells in this one only.
    const bool component =
        id && !positionOfCell(*id) && axesOf(workspace_.patching().settings().site).head;
    hovered_ = component ? std::nullopt : id;
    workspace_.setHovered(component ? id : std::nullopt);
    refreshMarks();
}

void PatchingPanel::refreshMarks() {
    const auto hovered = hovered_ ? hovered_ : workspace_.hovered();
    const auto& pins = workspace_.state().pins;
    std::optional<double> value;
    const auto mark = [&](auto* view) {
        view->setHovered(hovered);
        view->setPins(pins);
    };
    for (const auto& views : views_) {
        mark(views.exact);
        mark(views.estimate);
        mark(views.scatter);
        const auto& points = views.scatter->data().points;
        const auto point = std::find_if(points.begin(), points.end(), [&](const auto& each) {
            return hovered && each.id == *hovered;
        });
        if (!value && point != points.end())
            value = point->x;
    }
    if (difference_ != nullptr)
        mark(difference_);
    bar_->setMarker(value);
}

} // namespace residuum
