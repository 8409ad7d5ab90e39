#include "widgets/panels/attribution_panel.h"

#include "widgets/panels/attribution_header.h"
#include "widgets/panels/attribution_text.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QHeaderView>
#include <QLabel>

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
    addTable(table_, AttributionViews::contributors);
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
        workspace().asksMean() ? tr("relative error: Σ |DLA − direct effect| / Σ |direct effect|")
                               : tr("relative error: |DLA − direct effect| / |direct effect|")};
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

PromptBars AttributionPanel::alongPrompt() const {
    const auto columns = shown();
    const auto* page = charts_.back();
    const auto* panel =
        columns.empty() ? nullptr : drawn(page, page->firstPlot(), columns.front()->id);
    if (isStale())
        return {};
    std::vector<std::shared_ptr<const DlaResult>> results;
    for (const auto* column : columns)
        results.push_back(answers().result(column->id));
    if (panel == nullptr) // it is drawn anew, after what is in sight
        return results == barsDrawn_.results && barsDrawn_.mlps == answers().mlpsAlong()
                   ? barsDrawn_.bars
                   : PromptBars();
    barsDrawn_ = {results, answers().mlpsAlong(),
                  barsOf(std::get<ChartFigure>(panel->content).data)};
    return barsDrawn_.bars;
}

PromptBars AttributionPanel::barsOf(const ChartData& chart) const {
    PromptBars along;
    double most = 0.0;
    for (const auto& series : chart.series)
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
    along.meaning =
        tr("Bars: how far off %1 are at each position, in the model where they are furthest off; "
           "the highest is %2 %")
            .arg(answers().mlpsAlong() ? tr("MLPs") : tr("heads"), threeDigits(most));
    return along;
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
    if (auto* along = chart(AttributionViews::byPosition))
        along->setEmptyText(workspace().asksMean()
                                ? tr("It runs along one prompt, and what is asked is a mean of "
                                     "many.")
                                : QString());
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
                              misjudgementExplanation(found, result, placeText(workspace())),
                              {tr("heads %1 %").arg(percentText(found.heads))});
        mlps->setFullText(mlpsText(found), signsText(found),
                          {tr("MLPs %1 %").arg(percentText(found.mlps))});
    }
    check->setFullText(answer->sentence.isEmpty()
                           ? checkText(column, *answer, answers().rowOf(column))
                           : answer->sentence);
}

/// Over a dataset where it was measured, which the prompt has no part in, else over the prompt.
void AttributionPanel::refreshNmae(int place, const ModelColumn& column) {
    const auto& there = surrounds_[static_cast<std::size_t>(place)];
    QString line, brief, explanation, domain;
    bool isStale = false;
    const auto* answer = answers().answer(column.id);
    if (const auto* over = answers().datasetNmae(column.id)) {
        line = nmaeLine(*over->result);
        brief = nmaeText(over->result->nmae);
        explanation = datasetExplanation(*over);
        domain = datasetDomain(*over);
        isStale = over->isStale;
    } else if (answer != nullptr && answer->result) {
        const auto& result = *answer->result;
        line = nmaeLine(result);
        brief = nmaeText(result.nmae);
        if (result.nmae.known)
            explanation = nmaeExplanation(result, nmaeDomain(result));
        domain = nmaeExtent(result);
        isStale = answer->stale();
    }
    there.nmae->setFullText(line, explanation, {brief});
    there.extent->setFullText(domain.isEmpty() ? QString() : tr("over %1").arg(domain), {},
                              {domain});
    for (auto* label : {there.nmae, there.extent})
        label->setEnabled(!isStale);
}

/// A dataset's map has no part in what is asked of the prompt.
bool AttributionPanel::isStaleIn(const QString& view, const ModelColumn& column,
                                 const ColumnState& state) const {
    const auto* over = answers().datasetNmae(column.id);
    return view == AttributionViews::nmaeHeads && over != nullptr ? over->isStale : state.stale;
}

/// Positions of the chart along the prompt are hovered and chosen here only.
void AttributionPanel::click(const Thing& thing) {
    if (const auto* position = std::get_if<Position>(&thing))
        workspace().setPosition(position->at.value);
    else
        QuestionPanel::click(thing);
}

} // namespace residuum
