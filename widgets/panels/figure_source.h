// What figures of a file and of the window have in common: which models, in which order, where the
// numbers come from.
#pragma once

#include "analysis/inputs/input_command.h"
#include "analysis/question/answer.h"
#include "core/task/error.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/workspace/board.h"

#include <QString>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residuum {

/// One model of a figure.
template <class Result>
struct NamedResult {
    QString name;
    std::shared_ptr<const Result> result;

    friend bool operator==(const NamedResult&, const NamedResult&) = default;
};

/// A model's panel, without content yet.
FigurePanel namedPanel(const QString& name, const ModelInfo& model);
/// "a (LayerNorm), b (removed (13/13))": what a figure shows, for its caption.
template <class Column>
QString modelsText(const std::vector<Column>& columns) {
    QStringList models;
    for (const auto& column : columns) {
        const auto panel = namedPanel(column.name, column.result->model);
        models << QStringLiteral("%1 (%2)").arg(panel.title, panel.subtitle);
    }
    return models.join(QStringLiteral(", "));
}

/// Of a file, in its order. Throws Error where it holds none, or not those to be subtracted.
template <class Q>
std::vector<NamedResult<typename Q::Result>> resultsOf(const ResultReader& reader,
                                                       const FigureRequest& request) {
    std::vector<NamedResult<typename Q::Result>> named;
    for (const auto& result : readResults<Q>(reader))
        named.push_back(
            {QString::fromStdString(
                 reader.modelGroup(named.size()).substr(std::string_view("/models/").size())),
             result});
    if (named.empty())
        throw Error(reader.path().string(), "holds no model's result");
    if (const auto& pair = request.difference;
        pair && std::max(pair->first, pair->second) >= static_cast<int>(named.size()))
        throw UsageError("--difference", reader.path().string() + " holds only " +
                                             std::to_string(named.size()) + " models");
    return named;
}

/// Of a figure of a file.
template <class Q>
Provenance fileProvenance(const ResultReader& reader) {
    auto provenance = provenanceOf(reader);
    provenance.commands = {Q::command(reader.request(), reader.path()) + " -o " +
                           shellQuoted(reader.path().filename().string())};
    return provenance;
}

/// A column of the document that a figure shows.
struct ShownColumn {
    const ModelColumn* column = nullptr;
    int place = 0; ///< in the document
    ModelInfo model;
    std::string created;
};

/// The shell command that computes a whole request again, of the result named.
using RequestCommand =
    std::function<std::string(const std::string& request, const std::filesystem::path& file)>;

/// Of what the live columns ask (`request` and `key`; empty where there is none) and what the files
/// of the saved ones hold. Where both are shown each model has its own date and file.
Provenance shownProvenance(const std::string& kind, const std::vector<ShownColumn>& shown,
                           const std::string& request, const std::string& key,
                           const RequestCommand& command);

/// The models that are open.
std::vector<ModelInfo> liveModels(const std::vector<ShownColumn>& shown);
/// Throws Error where there is none, with what is in the way for a reason.
void requireAny(const std::vector<ShownColumn>& shown, const QuestionBoard& board);
/// What all panels show alike: the range of colours, the two models compared, the pins.
void askAsShown(const Workspace& workspace, FigureRequest& request);
/// The request for `shown` alone: the two models compared have their places among these, or are not
/// compared.
FigureRequest amongShown(const FigureRequest& request, const std::vector<ShownColumn>& shown);
/// Says in the caption which results are from files, and what models with an alias are.
Figure withSavedText(Figure figure, const std::vector<ShownColumn>& shown);

} // namespace residuum
