// The figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/shown_provenance.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/attribution_board.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

QString plainText(const Tokenizer* tokenizer, TokenId token) {
    if (tokenizer == nullptr)
        return QString::fromStdString(label(token));
    return QString::fromStdString(tokenizer->text(token));
}

Provenance provenanceOf(const Workspace& workspace, const std::vector<ShownColumn>& shown) {
    std::vector<ModelInfo> live;
    for (const auto& each : shown)
        if (!each.column->saved)
            live.push_back(each.model);
    std::string request, key;
    if (!live.empty()) {
        const auto& board = workspace.board<AttributionBoard>();
        const auto input = board.input();
        const auto origin = originOf<DlaAnalysis>(live, *input, *board.request());
        request = requestText(origin);
        key = resultKey(origin, DlaAnalysis::tokens(*input));
    }
    return shownProvenance(DlaAnalysis::kind, shown, request, key, DlaAnalysis::command);
}

} // namespace

Figure attributionFigure(const Workspace& workspace, FigureRequest& request) {
    request.position = workspace.state().position;
    request.limit = workspace.lockedLimit();
    request.fullRange = workspace.fullRange();
    request.difference = workspace.difference();
    request.pins.clear();
    for (const auto& pin : workspace.state().pins)
        request.pins.push_back({QString::fromStdString(label(pin.thing)), pin.colour});
    const auto tokenizer = workspace.tokenizer();
    const auto& board = workspace.board<AttributionBoard>();
    std::vector<AttributionColumn> columns;
    std::vector<ShownColumn> shown;
    std::vector<int> places; // in the document, of the columns of the figure
    for (std::size_t i = 0; i < workspace.columns().size(); ++i) {
        const auto& column = workspace.columns()[i];
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->result || answer->stale())
            continue;
        const auto& result = answer->result;
        const int row = board.rowOf(column);
        if (row < 0 || row >= static_cast<int>(result->rows.size()))
            continue;
        const auto& attributed = result->rows[static_cast<std::size_t>(row)];
        const auto versus = result->request.versus;
        columns.push_back({column.name, result, row, plainText(tokenizer.get(), attributed.target),
                           versus ? plainText(tokenizer.get(), *versus) : QString()});
        shown.push_back({&column, result->model, answer->created});
        places.push_back(static_cast<int>(i));
    }
    if (columns.empty())
        throw Error("the figure", "there is no result to draw yet");
    auto wanted = request;
    wanted.difference = amongShown(request.difference, places);
    auto figure = attributionFigure(columns, wanted, workspace.state().prompt.text,
                                    provenanceOf(workspace, shown));
    if (const auto saved = savedText(shown); !saved.isEmpty())
        figure.caption += QLatin1Char(' ') + saved;
    return figure;
}

} // namespace residuum
