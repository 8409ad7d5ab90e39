// The patching figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/component_id.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

Figure patchingFigure(const Workspace& workspace, FigureRequest& request) {
    const auto& board = workspace.patching();
    const auto& settings = board.settings();
    const auto& state = workspace.state();
    request.position = state.position;
    request.site = QString::fromStdString(name(settings.site));
    request.method = QString::fromStdString(name(settings.estimate));
    request.normalised = settings.normalised;
    request.fullRange = workspace.fullRange();
    request.difference = workspace.difference();
    request.pins.clear();
    for (const auto& pin : state.pins)
        request.pins.push_back({QString::fromStdString(nameOfId(pin.id)), pin.colour});
    std::vector<PatchColumn> columns;
    std::vector<int> places;
    Provenance provenance;
    provenance.kind = PatchAnalysis::kind;
    provenance.version = RESIDUUM_VERSION;
    std::vector<ModelInfo> models;
    for (std::size_t i = 0; i < workspace.columns().size(); ++i) {
        const auto& column = workspace.columns()[i];
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->complete || answer->stale)
            continue;
        columns.push_back({column.name, answer->result});
        places.push_back(static_cast<int>(i));
        models.push_back(answer->result->model);
        provenance.models.push_back(residuum::provenanceOf(answer->result->model));
        provenance.created = std::max(provenance.created, answer->created);
    }
    if (columns.empty())
        throw Error("the figure", board.obstacle().isEmpty()
                                      ? "there is no complete result to draw yet"
                                      : board.obstacle().toStdString());
    const auto input = board.input();
    const auto origin = originOf<PatchAnalysis>(models, input, board.request());
    provenance.request = requestText(origin);
    provenance.key = resultKey(origin, PatchAnalysis::tokens(input));
    provenance.commands = {PatchAnalysis::command(provenance.request, "the window") + " -o " +
                           provenance.kind + ".h5"};
    provenance.result = provenance.kind + ".h5";
    auto wanted = request;
    wanted.difference = amongShown(request.difference, places);
    QStringList tokens;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : state.prompt.tokens)
        tokens << quotedToken(tokenizer.get(), token);
    return patchingFigure(
        columns, {settings.site, settings.estimate, state.position, 0, settings.normalised}, wanted,
        tokens,
        QStringLiteral("Clean: “%1”. Corrupted: “%2”.").arg(state.prompt.text, state.corrupt.text),
        provenance);
}

} // namespace residuum
