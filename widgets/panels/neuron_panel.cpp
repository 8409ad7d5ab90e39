#include "widgets/panels/neuron_panel.h"

#include "widgets/figure/shared_axes.h"
#include "widgets/panels/dataset_dialog.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/flow_layout.h"
#include "widgets/panels/neuron_bars.h"
#include "widgets/panels/neuron_text.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/plots/token_strip_view.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace residuum {

namespace {

using Kind = PlotPage::Kind;

constexpr int summaryLines = 3;

/// The tabs.
enum { Effects, Cumulative, AlongPrompt, AllNeurons, Mediated };

} // namespace

NeuronPanel::NeuronPanel(Workspace& workspace, QWidget* parent) : AnswersPanel(workspace, parent) {
    bars_ = new NeuronBars(workspace);
    connect(bars_, &NeuronBars::datasetWanted, this, &NeuronPanel::chooseDataset);
    scatters_ = addPage({{Kind::Name},
                         {Kind::Answer},
                         {Kind::Scatter, tr("output vectors of %1"), NeuronViews::logitVar}},
                        Bar::None);
    boxes_ = addPage({{Kind::Line},
                      {Kind::Line},
                      {Kind::Line},
                      {Kind::Chart, tr("effects of ablation in %1"), NeuronViews::entropy}},
                     Bar::None);
    curves_ = addPage({{Kind::Chart, tr("cumulative ablation in %1"), NeuronViews::cumulative}},
                      Bar::None);
    mediated_ = addPage({{Kind::Chart, tr("total and direct effects of neurons in %1"),
                          NeuronViews::mediated, true}},
                        Bar::None);
    details()->addTab(boxes_, tr("Effects"));
    details()->addTab(curves_, tr("Cumulative"));
    details()->addTab(makeStripPage(), tr("Along the prompt"));
    details()->addTab(makeTablePage(), tr("All neurons"));
    details()->addTab(mediated_, tr("LN-mediated"));
    allBoxes_ = new QCheckBox(tr("&all neurons"));
    allBoxes_->setToolTip(
        tr("Boxes of all chosen neurons, not of the first %1 only").arg(boxedNeurons));
    connect(allBoxes_, &QCheckBox::toggled, this, [this](bool all) {
        bars_->change([all](NeuronSettings& settings) { settings.allNeurons = all; });
    });
    details()->setCornerWidget(allBoxes_);
    connect(details(), &QTabWidget::currentChanged, this,
            [this](int tab) { allBoxes_->setVisible(tab == Effects); });
    layOut(QStringLiteral("neuron"), {bars_}, {270, 290});
    connect(&workspace, &Workspace::pinsChanged, this, &NeuronPanel::refresh);
    rebuild();
}

ScatterView* NeuronPanel::scatter(int column) const {
    return scatters_->plot<ScatterView>(scatters_->firstPlot(), column);
}

ChartView* NeuronPanel::boxes(int column) const {
    return boxes_->plot<ChartView>(boxes_->firstPlot(), column);
}

ChartView* NeuronPanel::curves(int column) const {
    return curves_->plot<ChartView>(curves_->firstPlot(), column);
}

ChartView* NeuronPanel::mediated() const {
    return mediated_->plot<ChartView>(mediated_->firstPlot(), 0);
}

QString NeuronPanel::summaryShown(int column) const {
    QStringList lines;
    for (int line = 0; line < summaryLines; ++line)
        if (const auto* label = boxes_->line(line, column))
            lines << label->fullText();
    return lines.join(QLatin1Char('\n'));
}

QString NeuronPanel::shownView() const {
    switch (details()->currentIndex()) {
    case Cumulative:
        return NeuronViews::cumulative;
    case Mediated:
        return NeuronViews::mediated;
    case AlongPrompt:
        return NeuronViews::activations;
    case AllNeurons:
        return NeuronViews::table;
    default:
        return NeuronViews::whole;
    }
}

void NeuronPanel::toggleError() {
    bars_->change([](NeuronSettings& settings) { settings.entropy = !settings.entropy; });
}

void NeuronPanel::chooseDataset() {
    residuum::chooseDataset(workspace(), window(), tr("Neurons over a dataset"),
                            answers().settings().dataset, [this](const DatasetRequest& dataset) {
                                bars_->change(
                                    [&](NeuronSettings& settings) { settings.dataset = dataset; });
                            });
}

QString NeuronPanel::statusText() const {
    const auto& settings = answers().settings();
    double widest = -1.0;
    for (const auto& column : answered())
        if (const auto& screening = column.result->screening)
            for (const bool frozen : {false, true})
                widest = std::max(
                    widest,
                    screening->bound.col(effectColumn(frozen, settings.entropy)).maxCoeff());
    return widest < 0.0 ? QString()
                        : tr("estimates (≈) of |Δ %1| are within ± %2 nats")
                              .arg(settings.entropy ? tr("entropy") : tr("loss"), oneDigit(widest));
}

void NeuronPanel::describeViews(std::vector<FigureView>& views) const {
    views = neuronKind(treatmentOf(answered())).views;
}

std::optional<ThingNumbers> NeuronPanel::inspect(const Thing& thing) const {
    const auto* neuron = std::get_if<Neuron>(&thing);
    if (neuron == nullptr)
        return std::nullopt;
    const bool entropy = answers().settings().entropy;
    const auto treatment = treatmentOf(answered());
    ThingNumbers shown{
        tr("mean |Δ %1| per token, nats").arg(entropy ? tr("entropy") : tr("loss")),
        {tr("total<br><small>%1</small>").arg(QString::fromStdString(treatment.recomputed())),
         QStringLiteral("<small>%1</small>").arg(QString::fromStdString(treatment.frozen())),
         tr("norm"), tr("LogitVar")},
        {},
        tr("– where a neuron is not followed: pin it")};
    const auto at = static_cast<std::size_t>(neuron->index.value);
    const auto none = QStringLiteral("–");
    for (const auto& column : workspace().columns()) {
        auto& cells = shown.rows.emplace_back(QStringList{none, none, none, none});
        const auto result = answers().result(column.id);
        if (!result || result->layer != neuron->layer || at >= result->weights.norm.size())
            continue;
        cells[2] = threeDigits(result->weights.norm[at]);
        cells[3] = threeDigits(result->weights.logitVar[at]);
        const auto& list = result->chosen.neurons;
        const auto found = std::find(list.begin(), list.end(), neuron->index);
        if (found == list.end())
            continue;
        const auto row = found - list.begin();
        cells[0] = threeDigits(result->chosen.meanAbs(row, effectColumn(false, entropy)));
        cells[1] = threeDigits(result->chosen.meanAbs(row, effectColumn(true, entropy)));
    }
    return shown;
}

std::optional<double> NeuronPanel::numberOf(const ModelColumn& column, const Thing& thing) const {
    const auto* neuron = std::get_if<Neuron>(&thing);
    const auto result = neuron == nullptr ? nullptr : answers().result(column.id);
    if (!result || result->layer != neuron->layer)
        return std::nullopt;
    const auto& list = result->chosen.neurons;
    const auto found = std::find(list.begin(), list.end(), neuron->index);
    if (found == list.end())
        return std::nullopt;
    return result->chosen.meanAbs(found - list.begin(),
                                  effectColumn(false, answers().settings().entropy));
}

QString NeuronPanel::numberText() const {
    return tr("mean |Δ %1| per token (%2), nats")
        .arg(answers().settings().entropy ? tr("entropy") : tr("loss"),
             QString::fromStdString(treatmentOf(answered()).recomputed()));
}

QWidget* NeuronPanel::makeStripPage() {
    stripTitle_ = new ElidedLabel;
    strips_ = new TokenStripView;
    auto* scroll = new QScrollArea;
    scroll->setWidget(strips_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget;
    auto* layout = new QGridLayout(page);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addWidget(stripTitle_, 0, 0, 1, 2);
    layout->addWidget(scroll, 1, 0);
    layout->addWidget(colourBar(), 1, 1);
    layout->setColumnStretch(0, 1);
    connect(strips_, &PlotView::hovered, &workspace(), &Workspace::setHovered);
    connect(strips_, &PlotView::menuWanted, this, &NeuronPanel::menuWanted);
    connect(strips_, &PlotView::clicked, &workspace(), &Workspace::pin);
    connect(strips_, &TokenStripView::valueHovered, colourBar(), &ColourBar::setMarker);
    return page;
}

QWidget* NeuronPanel::makeTablePage() {
    table_ = new ThingTable({.titleFirst = true}, tr("all neurons"));
    table_->filter()->setExactOnly(true);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setResizeContentsPrecision(0); // of the rows in view
    addTable(table_, NeuronViews::table);
    auto* find = new QLineEdit;
    find->setPlaceholderText(tr("neuron's number …"));
    find->setAccessibleName(tr("filter by number"));
    find->setClearButtonEnabled(true);
    auto* all = new QCheckBox(tr("all neurons of the layer"));
    connect(find, &QLineEdit::textChanged, table_->filter(), &TableFilter::setPart);
    connect(all, &QCheckBox::toggled, this,
            [this](bool on) { table_->filter()->setExactOnly(!on); });
    auto* bar = new FlowLayout;
    bar->setSpacing(6);
    bar->addWidget(find);
    bar->addWidget(all);
    bar->addStretch();
    bar->addWidget(
        new QLabel(tr("≈: estimated, with a bound; a click pins a neuron and computes it "
                      "exactly")));
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->addLayout(bar);
    layout->addWidget(table_, 1);
    return page;
}

void NeuronPanel::refreshChoices() {
    const auto parts = partsOf(neuronViewOf(workspace()));
    scatters_->setView(scatters_->firstPlot(), parts[0]);
    boxes_->setView(boxes_->firstPlot(), parts[1]);
    const QSignalBlocker blocker(allBoxes_);
    allBoxes_->setChecked(answers().settings().allNeurons);
    bars_->refresh();
}

QString NeuronPanel::missingText(const ModelColumn& column) const {
    return problemOf(column).isEmpty() ? tr("computing …") : problemOf(column);
}

void NeuronPanel::refreshRest() {
    const auto columns = shown();
    for (std::size_t i = 0; i < columns.size(); ++i)
        refreshColumn(static_cast<int>(i), *columns[i]);
    bars_->refreshInput();
    auto mediated = QString::fromStdString(treatmentOf(answered()).mediated());
    mediated[0] = mediated[0].toUpper();
    details()->setTabText(Mediated, mediated);
    refreshStrips();
}

QString NeuronPanel::problemOf(const ModelColumn& column) const {
    if (column.saved)
        return {};
    const auto* answer = answers().answer(column.id);
    if (answer != nullptr && !answer->sentence.isEmpty())
        return answer->sentence;
    const auto why = answers().whyNotFollowed(column);
    return why.isEmpty() ? answers().obstacle() : why;
}

void NeuronPanel::refreshColumn(int place, const ModelColumn& column) {
    auto title = column.head;
    if (const auto* info = column.info())
        title = tr("%1 (%2)").arg(column.head, QString::fromStdString(info->normalization.label()));
    const auto result = answers().result(column.id);
    if (column.saved) // of tokens of its own
        title += QStringLiteral(" · ") + neuronConventions(*result);
    scatters_->line(0, place)->setFullText(title, column.name, {column.head});
    QStringList lines;
    if (result)
        lines = problemOf(column).isEmpty() ? effectSummary(*result, neuronViewOf(workspace()))
                                            : QStringList(problemOf(column));
    for (int line = 0; line < summaryLines; ++line)
        boxes_->line(line, place)->setFullText(lines.value(line));
}

void NeuronPanel::refreshStrips() {
    const auto layer = answers().layer();
    const auto lines = shownActivations(workspace());
    const auto obstacle = answers().obstacle(), problem = answers().activationsProblem();
    strips_->setEmptyText(!obstacle.isEmpty()  ? obstacle
                          : !problem.isEmpty() ? problem
                                               : tr("computing …"));
    const bool has = layer && !lines.models.empty();
    colourBar()->setVisible(has);
    if (!has) {
        strips_->setStrips({});
        stripTitle_->setFullText(QString());
        return;
    }
    auto panels = activationPanels(*layer, lines, workspace().state().pins);
    shareScale(panels, {}, {board().lockedLimit(), workspace().fullRange()});
    const auto& strips = std::get<TokenStripFigure>(panels.front().content).strips;
    strips_->setStrips(strips);
    colourBar()->setScale(strips.scale);
    stripTitle_->setFullText(tr("%1 on the prompt's tokens: pinned neurons and the first %2")
                                 .arg(activationTitle(*layer))
                                 .arg(boxedNeurons));
}

void NeuronPanel::refreshMarks() {
    QuestionPanel::refreshMarks();
    strips_->setHovered(workspace().hovered());
    strips_->setPins(workspace().state().pins);
}

std::vector<NeuronTextColumn> NeuronPanel::textColumns() const {
    const auto tokenizer = workspace().tokenizer();
    std::vector<NeuronTextColumn> columns;
    for (const auto* column : shown())
        columns.push_back(
            {column->head, answers().answer(column->id),
             TokenNames(tokenizer.get(), column->saved ? &column->saved->tokenTexts : nullptr),
             column->saved != nullptr});
    return columns;
}

QString NeuronPanel::dossier(const Thing& thing, const QPalette& palette) const {
    const auto* neuron = std::get_if<Neuron>(&thing);
    return neuron == nullptr
               ? QString()
               : neuronText(textColumns(), *neuron, workspace().pinOf(thing) != nullptr,
                            neuronViewOf(workspace()), palette);
}

QString NeuronPanel::overview() const {
    return strongestNeurons(textColumns(), neuronViewOf(workspace()));
}

} // namespace residuum
