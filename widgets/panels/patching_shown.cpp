// The patching figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/panels/shown_provenance.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/patching_board.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

Figure patchingFigure(const Workspace& workspace, FigureRequest& request) {
    const auto& board = workspace.board<PatchingBoard>();
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
        request.pins.push_back({QString::fromStdString(label(pin.thing)), pin.colour});
    std::vector<PatchColumn> columns;
    std::vector<int> places;
    std::vector<ModelInfo> models;
    std::vector<ShownColumn> shown;
    for (std::size_t i = 0; i < workspace.columns().size(); ++i) {
        const auto& column = workspace.columns()[i];
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->complete() || !board.whyOther(column).isEmpty())
            continue;
        columns.push_back({column.name, answer->result});
        places.push_back(static_cast<int>(i));
        shown.push_back({&column, answer->result->model, answer->created});
        if (!column.saved)
            models.push_back(answer->result->model);
    }
    if (columns.empty())
        throw Error("the figure", board.obstacle().isEmpty()
                                      ? "there is no complete result to draw yet"
                                      : board.obstacle().toStdString());
    std::string asking, key;
    if (!models.empty()) {
        const auto input = board.input();
        const auto origin = originOf<PatchAnalysis>(models, *input, *board.request());
        asking = requestText(origin);
        key = resultKey(origin, PatchAnalysis::tokens(*input));
    }
    auto wanted = request;
    wanted.difference = amongShown(request.difference, places);
    QStringList tokens;
    const auto tokenizer = workspace.tokenizer();
    for (const auto token : state.prompt.tokens)
        tokens << quotedToken(tokenizer.get(), token);
    auto figure = patchingFigure(
        columns, {settings.site, settings.estimate, state.position, 0, settings.normalised}, wanted,
        tokens,
        QStringLiteral("Clean: “%1”. Corrupted: “%2”.").arg(state.prompt.text, state.corrupt.text),
        shownProvenance(PatchAnalysis::kind, shown, asking, key, PatchAnalysis::command));
    if (const auto saved = savedText(shown); !saved.isEmpty())
        figure.caption += QLatin1Char(' ') + saved;
    return figure;
}

} // namespace residuum
