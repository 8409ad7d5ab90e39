// How the neuron panel shows what there is: the half of the panel that runs at every change.
#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/neuron_table.h"
#include "widgets/panels/neuron_text.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/workspace/component_id.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTextBrowser>

#include <algorithm>

namespace residuum {

NeuronView NeuronPanel::view() const {
    NeuronView view;
    view.plane = plane_->currentIndex() == 0 ? NeuronPlane::LogitVar : NeuronPlane::NullSpace;
    view.entropy = workspace_.neurons().settings().entropy;
    view.nullSpace = workspace_.neurons().settings().nullSpace;
    return view;
}

std::optional<NeuronIndex> NeuronPanel::shownNeuron() const {
    const auto& board = workspace_.neurons();
    const auto& pins = workspace_.state().pins;
    for (auto pin = pins.rbegin(); pin != pins.rend(); ++pin)
        if (const auto neuron = neuronOf(pin->id); neuron && neuron->first == board.layer())
            return neuron->second;
    const auto followed = board.followed();
    if (followed && !followed->named.empty())
        return followed->named.front();
    return std::nullopt;
}

void NeuronPanel::refreshChoices() {
    const auto& board = workspace_.neurons();
    const auto& settings = board.settings();
    const QSignalBlocker blockers[] = {QSignalBlocker(layer_),     QSignalBlocker(top_),
                                       QSignalBlocker(nullSpace_), QSignalBlocker(by_),
                                       QSignalBlocker(chosenOn_),  QSignalBlocker(ablation_),
                                       QSignalBlocker(effect_),    QSignalBlocker(screen_)};
    chosenOn_->clear();
    int layers = 1, directions = 64;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        chosenOn_->addItem(tr("in %1").arg(column.name), column.name);
        if (column.id == board.choosingColumn()) {
            chosenOn_->setCurrentIndex(chosenOn_->count() - 1);
            layers = column.model->info().config.n_layers;
            directions = std::min(64, column.model->info().config.d_model);
        }
    }
    layer_->setMaximum(layers - 1);
    layer_->setValue(settings.layer < 0 ? layers + settings.layer : settings.layer);
    top_->setValue(settings.top);
    nullSpace_->setMaximum(directions);
    nullSpace_->setValue(settings.nullSpace);
    by_->setCurrentIndex(static_cast<int>(settings.by));
    ablation_->setCurrentIndex(static_cast<int>(settings.ablation));
    effect_->setCurrentIndex(settings.entropy ? 0 : 1);
    screen_->setChecked(settings.screen);
    const bool last = layer_->value() == layer_->maximum();
    screen_->setEnabled(last);
    usePrompt_->setVisible(settings.dataset.has_value());
    refresh();
}

void NeuronPanel::refresh() {
    const auto& settings = workspace_.neurons().settings();
    std::size_t tokens = 0;
    std::vector<ScatterData> scatters;
    std::vector<ChartData> boxes, curves;
    std::vector<ColumnViews*> shown;
    for (auto& views : views_) {
        const auto& columns = workspace_.columns();
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [&](const auto& each) { return each.id == views.id; });
        if (column == columns.end())
            continue;
        refreshColumn(*column, views);
        const auto* answer = workspace_.neurons().answer(views.id);
        if (answer == nullptr || !answer->result)
            continue;
        tokens = answer->result->tokens.size();
        scatters.push_back(weightsScatter(*answer->result, view()));
        boxes.push_back(effectBoxes(*answer->result, view(), workspace_.state().pins));
        curves.push_back(cumulativeCurves(*answer->result, view()));
        shown.push_back(&views);
    }
    shareAxes(scatters);
    const auto boxRange = sharedRange(boxes), curveRange = sharedRange(curves);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        shown[i]->scatter->setData(scatters[i]);
        shown[i]->boxes->setData(boxes[i]);
        shown[i]->boxes->setRange(boxRange);
        shown[i]->curves->setData(curves[i]);
        shown[i]->curves->setRange(curveRange);
    }
    const auto source = settings.dataset
                            ? QString::fromStdString(settings.dataset->file.filename().string())
                            : tr("the prompt");
    inputText_->setFullText(
        tokens == 0 ? tr("Measured over %1").arg(source)
        : !settings.dataset
            ? tr("Measured over %1: %2 scored tokens – few; choose a dataset for more")
                  .arg(source)
                  .arg(tokens)
            : tr("Measured over %1: %L2 scored tokens").arg(source).arg(tokens));
    table_->refresh(view());
    refreshMarks();
    refreshTexts();
}

void NeuronPanel::refreshColumn(const ModelColumn& column, ColumnViews& views) {
    views.title->setFullText(
        column.model
            ? tr("%1 (%2)").arg(column.name,
                                QString::fromStdString(column.model->info().normalization.label()))
            : column.name);
    const auto* answer = workspace_.neurons().answer(column.id);
    auto problem = workspace_.neurons().obstacle();
    if (answer != nullptr && !answer->problem.isEmpty())
        problem = answer->problem;
    if (!column.problem.isEmpty())
        problem = column.problem;
    if (answer == nullptr || !answer->result) {
        views.scatter->setEmptyText(problem.isEmpty() ? tr("computing …") : problem);
        views.boxes->setEmptyText(QString());
        views.curves->setEmptyText(QString());
        views.summary->setFullText(QString());
        views.random->setFullText(QString());
        return;
    }
    views.scatter->setStale(answer->stale);
    views.boxes->setStale(answer->stale);
    views.curves->setStale(answer->stale);
    const auto summary = effectSummary(*answer->result, view());
    views.summary->setFullText(problem.isEmpty() ? summary.value(0) : problem);
    views.random->setFullText(summary.value(1));
}

void NeuronPanel::refreshMarks() {
    for (const auto& views : views_) {
        views.scatter->setHovered(workspace_.hovered());
        views.scatter->setPins(workspace_.state().pins);
        views.boxes->setHovered(workspace_.hovered());
        views.boxes->setPins(workspace_.state().pins);
    }
}

void NeuronPanel::refreshTexts() {
    const auto neuron = shownNeuron();
    if (!neuron) {
        const auto hint = tr("Pin a neuron: click a point, a box or a row of the table.");
        promptText_->setPlainText(hint);
        neuronText_->setPlainText(hint);
        return;
    }
    std::vector<NeuronTextColumn> columns;
    for (const auto& column : workspace_.columns())
        if (column.model)
            columns.push_back({column.name, workspace_.neurons().answer(column.id),
                               workspace_.neurons().activations(column.id)});
    const auto tokenizer = workspace_.tokenizer();
    promptText_->setHtml(
        promptText(columns, *neuron, workspace_.state().prompt.tokens, tokenizer.get(), palette()));
    neuronText_->setHtml(tr("<p>neuron <b>%1</b> of layer %2</p>")
                             .arg(neuron->value)
                             .arg(workspace_.neurons().layer().value_or(LayerIndex(0)).value) +
                         neuronText(columns, *neuron, view(), tokenizer.get(), palette()));
}

} // namespace residuum
