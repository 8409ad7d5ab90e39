#include "widgets/panels/patching_panel.h"

#include "widgets/panels/column_grid.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/pair_editor.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/prompt/token_display.h"

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
    connect(bar_, &ColourBar::fullRangeWanted, &workspace_, &Workspace::toggleFullRange);
    connect(&workspace_, &Workspace::scaleChanged, this, [this] {
        if (workspace_.fullRange())
            lockedLimit_.reset();
        refresh();
    });
    connect(&workspace_, &Workspace::columnsChanged, this, &PatchingPanel::rebuild);
    connect(&workspace_, &Workspace::differenceChanged, this, &PatchingPanel::rebuild);
    connect(&workspace_, &Workspace::positionChanged, this, &PatchingPanel::refresh);
    connect(&workspace_, &Workspace::pinsChanged, this, &PatchingPanel::refreshMarks);
    connect(&workspace_, &Workspace::hoveredChanged, this, &PatchingPanel::refreshMarks);
    connect(&workspace_.board<PatchingBoard>(), &PatchingBoard::changed, this,
            &PatchingPanel::refresh);
    connect(&workspace_.board<PatchingBoard>(), &PatchingBoard::settingsChanged, this,
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
    workspace_.board<PatchingBoard>().setActive(true);
}

void PatchingPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    workspace_.board<PatchingBoard>().setActive(false);
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

Figure PatchingPanel::figure(FigureRequest& request) const {
    request.limit = isHeatmapView(request.view) ? lockedLimit_ : std::nullopt;
    return patchingFigure(workspace_, request);
}

void PatchingPanel::chooseSettings() {
    PatchSettings settings;
    settings.site = static_cast<PatchSite>(site_->currentData().toInt());
    settings.estimate = static_cast<PatchMethod>(estimate_->currentData().toInt());
    settings.metric = static_cast<PatchMetric>(metric_->currentData().toInt());
    settings.direction = static_cast<PatchDirection>(direction_->currentData().toInt());
    settings.normalised = normalised_->isChecked();
    lockedLimit_.reset(); // a limit of one quantity means nothing for another
    workspace_.board<PatchingBoard>().setSettings(settings);
    refresh();
}

void PatchingPanel::refreshChoices() {
    const auto& settings = workspace_.board<PatchingBoard>().settings();
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
        if (column.answers(PatchAnalysis::kind))
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
    connect(view, &HeatmapView::clicked, this, [this](const Thing& thing) {
        if (const auto* place = std::get_if<Position>(&thing))
            workspace_.setPosition(place->at.value);
        else if (std::holds_alternative<Component>(thing))
            workspace_.togglePin(thing);
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
    connect(views.pattern, &HeatmapView::clicked, this, [this](const Thing& thing) {
        if (const auto* pair = std::get_if<PositionPair>(&thing))
            workspace_.setPosition(pair->key.value);
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

} // namespace residuum
