// The neuron figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/neuron_figures.h"
#include "widgets/panels/shown_provenance.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/neuron_board.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

NeuronView neuronViewOf(const Workspace& workspace) {
    const auto& settings = workspace.board<NeuronBoard>().settings();
    NeuronView view;
    view.plane = settings.againstNullSpace ? NeuronPlane::NullSpace : NeuronPlane::LogitVar;
    view.entropy = settings.entropy;
    view.nullSpace = settings.nullSpace;
    return view;
}

NeuronActivationLines shownActivations(const Workspace& workspace) {
    NeuronActivationLines lines;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : workspace.state().prompt.tokens)
        lines.tokens << chipText(tokenizer.get(), token);
    for (const auto& column : workspace.columns())
        if (const auto* there = workspace.board<NeuronBoard>().activations(column.id))
            lines.models.push_back({column.name, there->neurons, there->values});
    return lines;
}

Figure neuronFigure(const Workspace& workspace, FigureRequest& request) {
    const auto& board = workspace.board<NeuronBoard>();
    const bool alongPrompt = request.view == neuronActivationView;
    request.fullRange = workspace.fullRange();
    request.pins.clear();
    for (const auto& pin : workspace.state().pins)
        request.pins.push_back({QString::fromStdString(label(pin.thing)), pin.colour});
    std::vector<NeuronColumn> columns;
    std::vector<ModelInfo> models;
    std::shared_ptr<const PromptInput> input;
    std::vector<ShownColumn> shown;
    for (const auto& column : workspace.columns()) {
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->result || answer->stale())
            continue;
        columns.push_back({column.name, answer->result});
        shown.push_back({&column, answer->result->model, answer->created});
        if (!column.saved) {
            models.push_back(answer->result->model);
            input = answer->input;
        }
    }
    if (columns.empty())
        throw Error("the figure", board.obstacle().isEmpty()
                                      ? "there is no complete result to draw yet"
                                      : board.obstacle().toStdString());
    const auto view = neuronViewOf(workspace);
    const auto lines = alongPrompt ? shownActivations(workspace) : NeuronActivationLines();
    if (alongPrompt && lines.models.empty())
        throw Error("the figure", "there are no activations to draw yet");
    if (!view.entropy)
        request.effect = QStringLiteral("loss");
    if (view.plane == NeuronPlane::NullSpace)
        request.against = QStringLiteral("null-space");
    std::string asking, key;
    if (!models.empty()) {
        auto asked = board.request().value_or(columns.front().result->request);
        asked.nullSpace = view.nullSpace; // as it is drawn
        if (alongPrompt) {                // whatever the effects are measured over
            asked.perToken = true;
            input = workspace.promptInput();
        }
        const auto origin = originOf<NeuronAnalysis>(models, *input, asked);
        asking = requestText(origin);
        key = resultKey(origin, NeuronAnalysis::tokens(*input));
    }
    auto figure = neuronFigure(
        columns, lines, view, request,
        shownProvenance(NeuronAnalysis::kind, shown, asking, key, NeuronAnalysis::command));
    if (const auto saved = savedText(shown); !saved.isEmpty())
        figure.caption += QLatin1Char(' ') + saved;
    return figure;
}

} // namespace residuum
