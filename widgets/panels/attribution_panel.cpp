#include "widgets/panels/attribution_panel.h"

#include "widgets/figure/figure_difference.h"
#include "widgets/panels/attribution_dataset.h"
#include "widgets/panels/attribution_header.h"
#include "widgets/panels/attribution_text.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

/// The foot's lines.
enum { HeadLine, MlpLine, NmaeLine, ExtentLine, CheckLine };

QString toText(const std::string& words) {
    return QString::fromStdString(words);
}

QString errorText(const ComponentNumbers& numbers) {
    const auto percent = numbers.errorPercent();
    return percent ? percentText(*percent) + QStringLiteral(" %") : QStringLiteral("–");
}

} // namespace

AttributionPanel::AttributionPanel(Workspace& workspace, QWidget* parent)
    : AnswersPanel(workspace, parent) {
    heatmaps_ = addPage(
        {{Kind::Head}, {Kind::Heatmap, tr("attribution heatmap of %1"), viewOf(ViewMode::Dla)}},
        Bar::Shown);
    scatters_ =
        addPage({{Kind::Scatter, tr("DLA against direct effect of %1"), AttributionViews::scatter}},
                Bar::Room);
    foot_ =
        addPage({{Kind::Line}, {Kind::Line}, {Kind::Head}, {Kind::Head}, {Kind::Line}}, Bar::Room);
    table_ = new ThingTable({.byMagnitude = true}, tr("contributors"));
    table_->setAlternatingRowColors(true);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    connect(table_, &ThingTable::thingHovered, &workspace, &Workspace::setHovered);
    connect(table_, &ThingTable::thingClicked, &workspace, &Workspace::pin);
    connect(table_, &ThingTable::menuWanted, this, &AttributionPanel::menuWanted);
    details()->addTab(scatters_, tr("Scatter"));
    addCharts();
    details()->addTab(table_, tr("Contributors"));
    layOut(QStringLiteral("attribution"), {makeToolBar()}, {360, 240}, foot_);
    rebuild();
}

HeatmapView* AttributionPanel::heatmap(int column) const {
    return heatmaps_->plot<HeatmapView>(heatmaps_->firstPlot(), column);
}

ScatterView* AttributionPanel::scatter(int column) const {
    return scatters_->plot<ScatterView>(scatters_->firstPlot(), column);
}

void AttributionPanel::addCharts() {
    using V = AttributionViews;
    const auto add = [this](QLatin1StringView view, const QString& name, const QString& tab) {
        charts_.push_back(addPage({{Kind::Chart, name, view, true}}, Bar::Room));
        details()->addTab(charts_.back(), tab);
    };
    add(V::ranked, tr("largest components of %1"), tr("Ranked"));
    add(V::byLayer, tr("attribution layer by layer in %1"), tr("By layer"));
    add(V::byPosition, tr("error of heads along the prompt in %1"), tr("By position"));
    details()->addTab(
        addPage({{Kind::Heatmap, tr("NMAE of every head of %1"), V::nmaeHeads}}, Bar::Own),
        tr("NMAE of heads"));
    top_ = new QSpinBox;
    top_->setRange(1, 1000);
    top_->setPrefix(tr("top ± "));
    top_->setKeyboardTracking(false);
    top_->setToolTip(tr("How many components of each sign are shown"));
    top_->setAccessibleName(top_->toolTip());
    connect(top_, &QSpinBox::valueChanged, this, [this](int top) { answers().setTop(top); });
    details()->setCornerWidget(top_);
    const auto showTop = [this] { top_->setVisible(details()->currentWidget() == charts_[0]); };
    connect(details(), &QTabWidget::currentChanged, this, showTop);
    showTop();
}

ChartView* AttributionPanel::chart(const QString& view) const {
    for (auto* page : charts_)
        if (page->view() == view)
            return page->plot<ChartView>(page->firstPlot(), 0);
    return nullptr;
}

QString AttributionPanel::nmaeShown(int column) const {
    return column < static_cast<int>(surrounds_.size())
               ? surrounds_[static_cast<std::size_t>(column)].nmae->fullText()
               : QString();
}

QString AttributionPanel::shownView() const {
    const auto* focus = focusWidget();
    const auto* tab = details()->currentWidget();
    if (focus == nullptr || !focus->hasFocus() || (focus != tab && !tab->isAncestorOf(focus)))
        return viewOf(answers().mode());
    const auto* page = dynamic_cast<const PlotPage*>(tab);
    return page == nullptr ? QString(AttributionViews::contributors) : page->view();
}

std::optional<ThingNumbers> AttributionPanel::inspect(const Thing& thing) const {
    const auto* component = std::get_if<Component>(&thing);
    if (component == nullptr)
        return std::nullopt;
    const auto treatment = this->treatment();
    ThingNumbers shown{
        tr("logits at %1").arg(placeText(workspace())),
        {tr("DLA<br><small>%1</small>").arg(toText(treatment.frozen())),
         tr("direct effect<br><small>%1</small>").arg(toText(treatment.recomputed())),
         tr("relative error")},
        {},
        tr("relative error: |DLA − direct effect| / |direct effect|")};
    const auto none = QStringLiteral("–");
    for (const auto& column : workspace().columns()) {
        const auto result = answers().result(column.id);
        const auto numbers =
            result ? numbersOf(*result, answers().rowOf(column), *component) : std::nullopt;
        shown.rows.push_back(numbers ? QStringList{threeDigits(numbers->dla),
                                                   threeDigits(numbers->directEffect),
                                                   errorText(*numbers)}
                                     : QStringList{none, none, none});
    }
    return shown;
}

std::optional<double> AttributionPanel::numberOf(const ModelColumn& column,
                                                 const Thing& thing) const {
    const auto* component = std::get_if<Component>(&thing);
    const auto result = component == nullptr ? nullptr : answers().result(column.id);
    const auto numbers =
        result ? numbersOf(*result, answers().rowOf(column), *component) : std::nullopt;
    return numbers ? std::optional(numbers->shown(answers().mode())) : std::nullopt;
}

QString AttributionPanel::numberText() const {
    return tr("%1, logits at %2")
        .arg(modeTitle(answers().mode(), treatment()), placeText(workspace()));
}

Treatment AttributionPanel::treatment() const {
    Treatment treatment;
    for (const auto& column : workspace().columns())
        if (const auto* info = column.answers(DlaAnalysis::kind) ? column.info() : nullptr)
            treatment.add(info->normalization);
    return treatment;
}

void AttributionPanel::describeViews(std::vector<FigureView>& views) const {
    views = attributionKind(treatment()).views;
}

/// The check of what is frozen: its parts add up to the logit.
QString AttributionPanel::statusText() const {
    double worst = 0.0;
    bool any = false;
    for (const auto& column : workspace().columns())
        if (const auto* there = answers().answer(column.id);
            there != nullptr && there->complete() && there->result->nmae.known) {
            any = true;
            for (const auto& row : there->result->rows)
                worst = std::max(worst, std::abs(row.completenessError));
        }
    if (!any)
        return {};
    const auto mean = workspace().asksMean();
    return (mean ? tr("|Σ components − logit| ≤ %1 logits in every prompt")
                 : tr("|Σ components − logit| ≤ %1 logits at every position"))
        .arg(oneDigit(worst));
}

QuestionPanel::PromptBars AttributionPanel::alongPrompt() const {
    const auto columns = shown();
    const auto* page = charts_.back();
    const auto* panel =
        columns.empty() ? nullptr : drawn(page, page->firstPlot(), columns.front()->id);
    if (panel == nullptr || isStale())
        return {};
    PromptBars along;
    double most = 0.0;
    for (const auto& series : std::get<ChartFigure>(panel->content).data.series)
        for (const auto& point : series.curve) {
            const auto at = static_cast<std::size_t>(point.x());
            along.bars.resize(std::max(along.bars.size(), at + 1), 0.0);
            along.bars[at] = std::max(along.bars[at], point.y());
            most = std::max(most, point.y());
        }
    if (most < 5e-5) // rounding
        return {};
    for (auto& bar : along.bars)
        bar /= most;
    along.meaning = tr("Bars: how far off heads are at each position, in the model where they are "
                       "furthest off; the highest is %1 %")
                        .arg(threeDigits(most));
    return along;
}

QList<QAction*> AttributionPanel::viewActions() {
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect}) {
        modeActions_.push_back(new QAction(this));
        connect(modeActions_.back(), &QAction::triggered, this,
                [this, mode] { answers().setMode(mode); });
    }
    refreshTreatment();
    return {modeActions_.begin(), modeActions_.end()};
}

QList<QAction*> AttributionPanel::analysisActions() {
    auto* nmae = new QAction(tr("&NMAE over a dataset …"), this);
    connect(nmae, &QAction::triggered, this, [this] { askForDataset(workspace(), window()); });
    return {nmae};
}

void AttributionPanel::toggleError() {
    answers().setMode(answers().mode() == ViewMode::Error ? ViewMode::Dla : ViewMode::Error);
}

QWidget* AttributionPanel::makeToolBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(2);
    auto* group = new QButtonGroup(bar);
    for (const auto mode : {ViewMode::Dla, ViewMode::DirectEffect, ViewMode::Error}) {
        auto* button = new QToolButton;
        button->setCheckable(true);
        button->setAutoRaise(true);
        group->addButton(button);
        layout->addWidget(button);
        modeButtons_.push_back(button);
        connect(button, &QToolButton::clicked, this, [this, mode] { answers().setMode(mode); });
    }
    layout->addStretch(1);
    auto* label = new QLabel(tr("&Compare"));
    compare_ = new QComboBox;
    compare_->setAccessibleName(tr("two models to compare"));
    compare_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    compare_->setMinimumContentsLength(6); // where there is too little room
    label->setBuddy(compare_);
    layout->addWidget(label);
    layout->addWidget(compare_);
    connect(compare_, &QComboBox::activated, this, [this](int index) {
        const auto pair = compare_->itemData(index).toPoint();
        if (index == 0)
            workspace().setDifference(std::nullopt);
        else
            workspace().setDifference(std::pair(pair.x(), pair.y()));
    });
    return bar;
}

void AttributionPanel::columnsMade() {
    surrounds_.clear();
    for (const auto* column : shown()) {
        const int place = static_cast<int>(surrounds_.size());
        Surrounds there{new ModelHeader, foot_->line(HeadLine, place), new ElidedLabel,
                        new ElidedLabel};
        foot_->setHead(NmaeLine, place, there.nmae);
        foot_->setHead(ExtentLine, place, there.extent);
        auto font = there.headline->font();
        font.setBold(true);
        font.setPointSizeF(font.pointSizeF() * 1.15);
        there.headline->setFont(font);
        heatmaps_->setHead(0, place, there.header);
        connect(there.header, &ModelHeader::closeRequested, &workspace(),
                [this, id = column->id] { workspace().closeModel(id); });
        connect(
            there.header, &ModelHeader::nextSampleRequested, &workspace(), [this, id = column->id] {
                for (const auto& each : workspace().columns())
                    if (each.id == id && each.saved)
                        return workspace().adoptPrompt(
                            id, (answers().sampleOf(each) + 1) %
                                    static_cast<int>(each.saved->tokens.input.sequences.size()));
            });
        surrounds_.push_back(there);
    }
}

QString AttributionPanel::differenceText(const QString&) const {
    return modeTitle(answers().mode(), treatment()).toHtmlEscaped();
}

void AttributionPanel::refreshRest() {
    const auto columns = shown();
    for (std::size_t i = 0; i < columns.size(); ++i)
        refreshColumn(static_cast<int>(i), *columns[i]);
}

void AttributionPanel::refreshDrawn() {
    table_->setTable(contributorTable(answered(), compared()));
}

void AttributionPanel::refreshColumn(int place, const ModelColumn& column) {
    const auto& [header, headline, nmae, extent] = surrounds_[static_cast<std::size_t>(place)];
    auto *mlps = foot_->line(MlpLine, place), *check = foot_->line(CheckLine, place);
    header->showColumn(workspace(), column);
    for (auto* line : {headline, mlps, check})
        line->setFullText(QString());
    refreshNmae(place, column);
    const auto* answer = answers().answer(column.id);
    if (answer == nullptr || !answer->result)
        return;
    const auto& result = *answer->result;
    if (const int row = answers().rowOf(column); row != -1) {
        const auto found = misjudgementAt(result, row);
        headline->setFullText(headsText(found),
                              misjudgementExplanation(found, result, placeText(workspace())));
        mlps->setFullText(mlpsText(found), signsText(found));
    }
    check->setFullText(answer->sentence.isEmpty()
                           ? checkText(column, *answer, answers().rowOf(column))
                           : answer->sentence);
}

/// Over a dataset where it was measured, which the prompt has no part in, else over the prompt.
void AttributionPanel::refreshNmae(int place, const ModelColumn& column) {
    const auto& there = surrounds_[static_cast<std::size_t>(place)];
    QString line, explanation, domain;
    bool isStale = false;
    const auto* answer = answers().answer(column.id);
    if (const auto* over = answers().datasetNmae(column.id)) {
        line = nmaeLine(*over->result);
        explanation = datasetExplanation(*over);
        domain = datasetDomain(*over);
        isStale = over->isStale;
    } else if (answer != nullptr && answer->result) {
        const auto& result = *answer->result;
        line = nmaeLine(result);
        if (result.nmae.known)
            explanation = nmaeExplanation(result, nmaeDomain(result));
        domain = nmaeExtent(result);
        isStale = answer->stale();
    }
    there.nmae->setFullText(line, explanation);
    there.extent->setFullText(domain.isEmpty() ? QString() : tr("over %1").arg(domain));
    for (auto* label : {there.nmae, there.extent})
        label->setEnabled(!isStale);
}

/// A dataset's map has no part in what is asked of the prompt.
bool AttributionPanel::isStaleIn(const QString& view, const ModelColumn& column,
                                 const ColumnState& state) const {
    const auto* over = answers().datasetNmae(column.id);
    return view == AttributionViews::nmaeHeads && over != nullptr ? over->isStale : state.stale;
}

void AttributionPanel::refreshMarks() {
    QuestionPanel::refreshMarks();
    table_->setHovered(workspace().hovered());
    table_->setPins(workspace().state().pins);
}

/// Positions of the chart along the prompt are hovered and chosen here only.
void AttributionPanel::click(const Thing& thing) {
    if (const auto* position = std::get_if<Position>(&thing))
        workspace().setPosition(position->at.value);
    else
        QuestionPanel::click(thing);
}

void AttributionPanel::refreshTreatment() {
    const auto treatment = this->treatment();
    for (std::size_t i = 0; i < modeButtons_.size(); ++i)
        modeButtons_[i]->setText(modeTitle(static_cast<ViewMode>(i), treatment));
    if (modeActions_.empty())
        return;
    modeActions_[0]->setText(tr("&DLA (%1)").arg(toText(treatment.frozen())));
    modeActions_[1]->setText(tr("Direct e&ffect (%1)").arg(toText(treatment.recomputed())));
}

void AttributionPanel::refreshChoices() {
    refreshTreatment();
    heatmaps_->setView(heatmaps_->firstPlot(), viewOf(answers().mode()));
    for (std::size_t i = 0; i < modeButtons_.size(); ++i)
        modeButtons_[i]->setChecked(static_cast<std::size_t>(answers().mode()) == i);
    const QSignalBlocker blocker(top_);
    top_->setValue(answers().top());
    refreshCompare();
}

void AttributionPanel::refreshCompare() {
    const QSignalBlocker blocker(compare_);
    compare_->clear();
    compare_->addItem(tr("no difference"));
    const auto& columns = workspace().columns();
    for (int a = 0; a < static_cast<int>(columns.size()); ++a) {
        for (int b = 0; b < static_cast<int>(columns.size()); ++b) {
            if (a != b)
                compare_->addItem(differenceName(columns[static_cast<std::size_t>(a)].head,
                                                 columns[static_cast<std::size_t>(b)].head),
                                  QPoint(a, b));
        }
    }
    if (const auto pair = workspace().difference())
        compare_->setCurrentIndex(
            std::max(0, compare_->findData(QPoint(pair->first, pair->second))));
}

} // namespace residuum
