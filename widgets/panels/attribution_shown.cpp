// The figure of what the window shows.
#include "core/task/error.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/prompt/token_display.h"
#include "widgets/workspace/component_id.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

QString plainText(const Tokenizer* tokenizer, TokenId token) {
    if (tokenizer == nullptr)
        return QStringLiteral("#%1").arg(token.value);
    return QString::fromStdString(tokenizer->text(token));
}

/// What the live columns' numbers come from; saved ones name their file.
Provenance provenanceOf(const Workspace& workspace, const std::vector<const ModelColumn*>& shown) {
    Provenance provenance;
    provenance.kind = DlaAnalysis::kind;
    provenance.version = RESIDUUM_VERSION;
    std::vector<ModelInfo> models;
    for (const auto* column : shown) {
        provenance.models.push_back(residuum::provenanceOf(column->result->model));
        if (column->saved)
            provenance.models.back().source += " (" + column->saved->file.toStdString() + ")";
        else
            models.push_back(column->result->model);
        provenance.created = std::max(provenance.created, column->created);
    }
    if (models.empty())
        return provenance;
    const auto input = workspace.promptInput();
    const auto origin = originOf<DlaAnalysis>(models, input, workspace.dlaRequest());
    provenance.request = requestText(origin);
    provenance.key = resultKey(origin, DlaAnalysis::tokens(input));
    provenance.commands = {DlaAnalysis::command(provenance.request, "the window") + " -o " +
                           provenance.kind + ".h5"};
    return provenance;
}

} // namespace

Figure attributionFigure(const Workspace& workspace, FigureRequest& request) {
    request.position = workspace.state().position;
    request.limit = workspace.lockedLimit();
    request.difference = workspace.difference();
    request.pins.clear();
    for (const auto& pin : workspace.state().pins)
        request.pins.push_back({QString::fromStdString(nameOfId(pin.id)), pin.colour});
    const auto tokenizer = workspace.tokenizer();
    std::vector<AttributionColumn> columns;
    std::vector<const ModelColumn*> shown;
    std::vector<int> places; // in the document, of the columns of the figure
    for (std::size_t i = 0; i < workspace.columns().size(); ++i) {
        const auto& column = workspace.columns()[i];
        const int row = column.result ? workspace.rowOf(column) : -1;
        if (row < 0 || row >= static_cast<int>(column.result->rows.size()))
            continue;
        const auto& attributed = column.result->rows[static_cast<std::size_t>(row)];
        const auto versus = column.result->request.versus;
        columns.push_back({column.name, column.result, row,
                           plainText(tokenizer.get(), attributed.target),
                           versus ? plainText(tokenizer.get(), *versus) : QString()});
        shown.push_back(&column);
        places.push_back(static_cast<int>(i));
    }
    if (columns.empty())
        throw Error("the figure", "there is no result to draw yet");
    auto wanted = request;
    wanted.difference = amongShown(request.difference, places);
    return attributionFigure(columns, wanted, workspace.state().prompt.text,
                             provenanceOf(workspace, shown));
}

} // namespace residuum
