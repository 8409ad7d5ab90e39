// The neuron figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/neuron_figures.h"
#include "widgets/workspace/component_id.h"
#include "widgets/workspace/neuron_board.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

Figure neuronFigure(const Workspace& workspace, FigureRequest& request) {
    const auto& board = workspace.neurons();
    request.pins.clear();
    for (const auto& pin : workspace.state().pins)
        request.pins.push_back({QString::fromStdString(nameOfId(pin.id)), pin.colour});
    std::vector<NeuronColumn> columns;
    std::vector<ModelInfo> models;
    std::shared_ptr<const PromptInput> input;
    Provenance provenance;
    provenance.kind = NeuronAnalysis::kind;
    provenance.version = RESIDUUM_VERSION;
    for (const auto& column : workspace.columns()) {
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->result || answer->stale)
            continue;
        columns.push_back({column.name, answer->result});
        models.push_back(answer->result->model);
        input = answer->input;
        provenance.models.push_back(residuum::provenanceOf(answer->result->model));
        provenance.created = std::max(provenance.created, answer->created);
    }
    if (columns.empty())
        throw Error("the figure", board.obstacle().isEmpty()
                                      ? "there is no complete result to draw yet"
                                      : board.obstacle().toStdString());
    NeuronView view;
    view.entropy = board.settings().entropy;
    view.nullSpace = board.settings().nullSpace;
    auto asked = board.followed().value_or(columns.front().result->request);
    asked.nullSpace = view.nullSpace; // as it is drawn
    const auto origin = originOf<NeuronAnalysis>(models, *input, asked);
    provenance.request = requestText(origin);
    provenance.key = resultKey(origin, NeuronAnalysis::tokens(*input));
    provenance.commands = {NeuronAnalysis::command(provenance.request, "the window") + " -o " +
                           provenance.kind + ".h5"};
    return neuronFigure(columns, view, request, provenance);
}

} // namespace residuum
