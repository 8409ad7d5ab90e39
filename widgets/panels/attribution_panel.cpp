#include "widgets/panels/attribution_panel.h"

#include "widgets/figure/figure_difference.h"
#include "widgets/panels/attribution_header.h"
#include "widgets/panels/dataset_dialog.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

/// The foot's lines under the headline.
enum { MlpLine = 1, NmaeLine, ExtentLine, CheckLine };

/// "NMAE 8.82 % [2.97, 19.0]".
QString nmaeLine(const DlaResult& result) {
    return QString(nmaeText(result.nmae) + QLatin1Char(' ') + nmaeInterval(result.nmae)).trimmed();
}

/// The numbers behind the headline, not rounded.
QString misjudgementExplanation(const Misjudgement& found, const DlaResult& result, int position) {
    const Treatment treatment(result.model.normalization);
    return QObject::tr("At position %1, Σ |DLA − direct effect| / Σ |direct effect|: %2 % over the "
                       "heads, %3 % over the MLPs, of %4 against the %5. Signs count where the "
                       "direct effect is above %6 logits.")
        .arg(position)
        .arg(found.heads)
        .arg(found.mlps)
        .arg(modeTitle(ViewMode::Dla, treatment), modeTitle(ViewMode::DirectEffect, treatment))
        .arg(signThreshold);
}

QString nmaeExplanation(const DlaResult& result) {
    const Treatment treatment(result.model.normalization);
    return QObject::tr("%1 %: normalised mean absolute error of %2 against the %3, over %4, with "
                       "its 95 % bootstrap interval")
        .arg(result.nmae.heads)
        .arg(modeTitle(ViewMode::Dla, treatment), modeTitle(ViewMode::DirectEffect, treatment),
             nmaeDomain(result));
}

QString toText(const std::string& words) {
    return QString::fromStdString(words);
}

QString errorText(const ComponentNumbers& numbers) {
    const auto percent = numbers.errorPercent();
    return percent ? percentText(*percent) + QStringLiteral(" %") : QStringLiteral("–");
}

/// How exact the column's numbers are, and where they come from.
QString checkText(const ModelColumn& column, const AttributionBoard::ColumnAnswer& answer,
                  int row) {
    if (column.saved && row < 0)
        return QObject::tr("of other prompts or positions; ▸ shows one");
    if (row < 0 || row >= static_cast<int>(answer.result->rows.size()))
        return {};
    auto text =
        QObject::tr("Σ − logit = %1")
            .arg(oneDigit(answer.result->rows[static_cast<std::size_t>(row)].completenessError));
    if (column.saved && row < column.saved->rowTexts.size())
        text += QObject::tr(" · target “%1”").arg(column.saved->rowTexts[row]);
    if (answer.fromCache)
        text += QObject::tr(" · cached");
    return text;
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
        addPage({{Kind::Head}, {Kind::Line}, {Kind::Line}, {Kind::Line}, {Kind::Line}}, Bar::Room);
    table_ = new ThingTable({.byMagnitude = true}, tr("contributors"));
    table_->setAlternatingRowColors(true);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    connect(table_, &ThingTable::thingHovered, &workspace, &Workspace::setHovered);
    connect(table_, &ThingTable::thingClicked, &workspace, &Workspace::pin);
    connect(table_, &ThingTable::menuWanted, this, &AttributionPanel::menuWanted);
    details()->addTab(scatters_, tr("DLA against direct effect"));
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

QString AttributionPanel::nmaeShown(int column) const {
    return column < static_cast<int>(surrounds_.size()) ? foot_->line(NmaeLine, column)->fullText()
                                                        : QString();
}

QString AttributionPanel::shownView() const {
    return table_->hasFocus() ? QString(AttributionViews::contributors) : viewOf(answers().mode());
}

std::optional<ThingNumbers> AttributionPanel::inspect(const Thing& thing) const {
    const auto* component = std::get_if<Component>(&thing);
    if (component == nullptr)
        return std::nullopt;
    const auto treatment = this->treatment();
    ThingNumbers shown{
        tr("logits at position %1").arg(positionText(workspace())),
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
    return tr("%1, logits at position %2")
        .arg(modeTitle(answers().mode(), treatment()), positionText(workspace()));
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
        if (const auto there = answers().result(column.id); there && there->nmae.known) {
            any = true;
            for (const auto& row : there->rows)
                worst = std::max(worst, std::abs(row.completenessError));
        }
    return any ? tr("|Σ components − logit| ≤ %1 logits at every position").arg(oneDigit(worst))
               : QString();
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
    connect(nmae, &QAction::triggered, this, [this] {
        auto* dialog = new DatasetDialog(
            tr("NMAE over a dataset"), workspace().contextLength(),
            [this](const DatasetRequest& request) { answers().measureNmae(request); }, window());
        dialog->show();
    });
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
        Surrounds there{new ModelHeader, new ElidedLabel};
        auto font = there.headline->font();
        font.setBold(true);
        font.setPointSizeF(font.pointSizeF() * 1.15);
        there.headline->setFont(font);
        heatmaps_->setHead(0, place, there.header);
        foot_->setHead(0, place, there.headline);
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
    const auto& [header, headline] = surrounds_[static_cast<std::size_t>(place)];
    const std::array lines{foot_->line(MlpLine, place), foot_->line(NmaeLine, place),
                           foot_->line(ExtentLine, place), foot_->line(CheckLine, place)};
    const auto* answer = answers().answer(column.id);
    const int row = answers().rowOf(column);
    header->showColumn(column, answer, row, workspace().tokenizer().get());
    headline->setFullText(QString());
    for (auto* line : lines)
        line->setFullText(QString());
    if (answer == nullptr || !answer->result)
        return;
    const auto& result = *answer->result;
    headline->setEnabled(!answer->stale()); // numbers of what is stale are dimmed too
    for (auto* line : lines)
        line->setEnabled(!answer->stale());
    if (row >= 0) {
        const auto found = misjudgement(result, row);
        headline->setFullText(headsText(found),
                              misjudgementExplanation(found, result, workspace().state().position));
        lines[0]->setFullText(mlpsText(found), signsText(found));
    }
    const auto overDataset = answers().datasetNmae(column.id);
    lines[1]->setFullText(overDataset.isEmpty() ? nmaeLine(result) : overDataset,
                          result.nmae.known ? nmaeExplanation(result) : QString());
    if (const auto extent = nmaeExtent(result); overDataset.isEmpty() && !extent.isEmpty())
        lines[2]->setFullText(QObject::tr("over %1").arg(extent));
    lines[3]->setFullText(answer->sentence.isEmpty() ? checkText(column, *answer, row)
                                                     : answer->sentence);
}

void AttributionPanel::refreshMarks() {
    QuestionPanel::refreshMarks();
    table_->setHovered(workspace().hovered());
    table_->setPins(workspace().state().pins);
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
