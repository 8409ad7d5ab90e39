// How the neuron panel shows what there is: the half of the panel that runs at every change.
#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/neuron_table.h"
#include "widgets/panels/neuron_text.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/colour_bar.h"
#include "widgets/plots/scatter_view.h"
#include "widgets/plots/token_strip_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTableView>
#include <QTextBrowser>

#include <algorithm>

namespace residuum {

NeuronView NeuronPanel::view() const {
    return neuronViewOf(workspace_);
}

std::optional<NeuronIndex> NeuronPanel::shownNeuron() const {
    const auto& board = workspace_.board<NeuronBoard>();
    const auto& pins = workspace_.state().pins;
    for (auto pin = pins.rbegin(); pin != pins.rend(); ++pin)
        if (const auto* neuron = std::get_if<Neuron>(&pin->thing);
            neuron != nullptr && neuron->layer == board.layer())
            return neuron->index;
    const auto followed = board.request();
    if (followed && !followed->choice.named.empty())
        return followed->choice.named.front();
    for (const auto& column : workspace_.columns())
        if (const auto result = column.saved ? board.result(column.id) : nullptr;
            result && !result->chosen.neurons.empty())
            return result->chosen.neurons.front();
    return std::nullopt;
}

void NeuronPanel::refreshChoices() {
    const auto& board = workspace_.board<NeuronBoard>();
    const auto& settings = board.settings();
    const QSignalBlocker blockers[] = {
        QSignalBlocker(layer_),  QSignalBlocker(top_),      QSignalBlocker(nullSpace_),
        QSignalBlocker(by_),     QSignalBlocker(chosenOn_), QSignalBlocker(ablation_),
        QSignalBlocker(effect_), QSignalBlocker(screen_),   QSignalBlocker(plane_)};
    chosenOn_->clear();
    int layers = 1, directions = 64;
    for (const auto& column : workspace_.columns()) {
        if (!column.model)
            continue;
        chosenOn_->addItem(tr("in %1").arg(column.name), column.source);
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
    plane_->setCurrentIndex(settings.againstNullSpace ? 1 : 0);
    screen_->setChecked(settings.screen);
    const bool last = layer_->value() == layer_->maximum();
    screen_->setEnabled(last);
    usePrompt_->setVisible(settings.dataset.has_value());
    refresh();
}

void NeuronPanel::refresh() {
    if (!isVisible()) // showing it refreshes it
        return;
    Drawn now{{}, view(), workspace_.state().pins};
    for (auto& views : views_)
        for (const auto& column : workspace_.columns())
            if (column.id == views.id) {
                refreshColumn(column, views);
                const auto* answer = workspace_.board<NeuronBoard>().answer(views.id);
                now.results.push_back(answer != nullptr ? answer->result : nullptr);
            }
    if (now.results.size() == views_.size() && drawn_ != now) {
        drawn_ = std::move(now);
        refreshPlots();
        const auto current = filter_->mapToSource(tableView_->currentIndex());
        const int row = current.row(), column = current.column();
        table_->refresh(view());
        if (row >= 0)
            tableView_->setCurrentIndex(filter_->mapFromSource(table_->index(row, column)));
    }
    refreshInput();
    refreshStrips();
    refreshMarks();
    refreshTexts();
}

void NeuronPanel::refreshPlots() {
    std::vector<ScatterData> scatters;
    std::vector<ChartData> boxes, curves;
    std::vector<ColumnViews*> shown;
    for (std::size_t i = 0; i < views_.size(); ++i)
        if (const auto& result = drawn_->results[i]) {
            scatters.push_back(weightsScatter(*result, drawn_->view));
            boxes.push_back(effectBoxes(*result, drawn_->view, drawn_->pins));
            curves.push_back(cumulativeCurves(*result, drawn_->view));
            shown.push_back(&views_[i]);
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
}

void NeuronPanel::refreshInput() {
    const auto& settings = workspace_.board<NeuronBoard>().settings();
    std::size_t tokens = 0;
    for (const auto& [id, model] : workspace_.openModels())
        if (const auto* answer = workspace_.board<NeuronBoard>().answer(id);
            answer != nullptr && answer->result)
            tokens = answer->result->tokens.size();
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
}

void NeuronPanel::refreshStrips() {
    const auto& board = workspace_.board<NeuronBoard>();
    const auto layer = board.layer();
    const auto lines = shownActivations(workspace_);
    strips_->setEmptyText(!board.obstacle().isEmpty()             ? board.obstacle()
                          : !board.activationsProblem().isEmpty() ? board.activationsProblem()
                                                                  : tr("computing …"));
    if (!layer || lines.models.empty()) {
        strips_->setStrips({});
        stripTitle_->setFullText(QString());
        stripBar_->hide();
        return;
    }
    const auto strips = activationStrips(*layer, lines, workspace_.state().pins,
                                         {lockedLimit_, workspace_.fullRange()});
    strips_->setStrips(strips);
    stripBar_->setScale(strips.scale);
    stripBar_->show();
    stripTitle_->setFullText(tr("%1 on the prompt's tokens: pinned neurons and the first %2")
                                 .arg(activationTitle(*layer))
                                 .arg(boxedNeurons));
}

void NeuronPanel::refreshColumn(const ModelColumn& column, ColumnViews& views) {
    auto title = column.name;
    if (const auto* info = column.info())
        title = tr("%1 (%2)").arg(column.name, QString::fromStdString(info->normalization.label()));
    const auto* answer = workspace_.board<NeuronBoard>().answer(column.id);
    if (column.saved) // of tokens of its own
        title += QStringLiteral(" · ") + neuronConventions(*answer->result);
    views.title->setFullText(title);
    auto problem = workspace_.board<NeuronBoard>().obstacle();
    if (answer != nullptr && !answer->sentence.isEmpty())
        problem = answer->sentence;
    if (!column.model && !column.saved && !column.problem.isEmpty())
        problem = column.problem; // it could not be opened; other troubles are other panels'
    if (column.saved)
        problem.clear();
    if (answer == nullptr || !answer->result) {
        views.scatter->setEmptyText(problem.isEmpty() ? tr("computing …") : problem);
        views.boxes->setEmptyText(QString());
        views.curves->setEmptyText(QString());
        for (auto* label : views.summary)
            label->setFullText(QString());
        return;
    }
    views.scatter->setStale(answer->stale());
    views.boxes->setStale(answer->stale());
    views.curves->setStale(answer->stale());
    auto lines = effectSummary(*answer->result, view());
    if (!problem.isEmpty())
        lines = {problem};
    for (std::size_t line = 0; line < views.summary.size(); ++line)
        views.summary[line]->setFullText(lines.value(static_cast<qsizetype>(line)));
}

void NeuronPanel::refreshMarks() {
    for (const auto& views : views_) {
        views.scatter->setHovered(workspace_.hovered());
        views.scatter->setPins(workspace_.state().pins);
        views.boxes->setHovered(workspace_.hovered());
        views.boxes->setPins(workspace_.state().pins);
    }
    strips_->setHovered(workspace_.hovered());
    strips_->setPins(workspace_.state().pins);
}

void NeuronPanel::refreshTexts() {
    const auto neuron = shownNeuron();
    if (!neuron) {
        neuronText_->setPlainText(tr("Pin a neuron: click a point, a box or a row of the table."));
        return;
    }
    std::vector<NeuronTextColumn> columns;
    const auto& pins = workspace_.state().pins;
    const bool isPinned = std::any_of(pins.begin(), pins.end(), [&](const Pin& pin) {
        const auto* named = std::get_if<Neuron>(&pin.thing);
        return named != nullptr && named->layer == workspace_.board<NeuronBoard>().layer() &&
               named->index == *neuron;
    });
    const auto tokenizer = workspace_.tokenizer();
    for (const auto& column : workspace_.columns())
        if (isShown(column))
            columns.push_back(
                {column.name, workspace_.board<NeuronBoard>().answer(column.id),
                 TokenNames(tokenizer.get(), column.saved ? &column.saved->tokenTexts : nullptr),
                 column.saved != nullptr});
    neuronText_->setHtml(
        tr("<p>neuron <b>%1</b> of layer %2</p>")
            .arg(neuron->value)
            .arg(workspace_.board<NeuronBoard>().layer().value_or(LayerIndex(0)).value) +
        neuronText(columns, *neuron, isPinned, view(), palette()));
}

} // namespace residuum
