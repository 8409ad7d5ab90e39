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

/// The document's columns whose answers a figure shows.
template <class Q>
class ShownAnswers {
  public:
    using Answer = typename Board<Q>::ColumnAnswer;

    explicit ShownAnswers(const Workspace& workspace) : workspace_(workspace) {}

    /// Every column with its answer for which `use` returns true, in their order. Throws Error
    /// where there is none, with `obstacle` for a reason where that is not empty.
    template <class Use>
    void pick(const Board<Q>& board, const Use& use) {
        const auto& columns = workspace_.columns();
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (const auto* answer = board.answer(columns[i].id);
                answer != nullptr && answer->result && usable(*answer) && use(columns[i], *answer))
                columns_.push_back(
                    {&columns[i], static_cast<int>(i), answer->result->model, answer->created});
        if (columns_.empty())
            throw Error("the figure", board.obstacle().isEmpty()
                                          ? "there is no complete result to draw yet"
                                          : board.obstacle().toStdString());
    }

    /// The models that are open.
    std::vector<ModelInfo> live() const {
        std::vector<ModelInfo> models;
        for (const auto& shown : columns_)
            if (!shown.column->saved)
                models.push_back(shown.model);
        return models;
    }
    /// `input` and `request`: what the live ones are asked; not read where there are none.
    Provenance provenance(const std::shared_ptr<const typename Q::Input>& input,
                          const std::optional<typename Q::Request>& request) const {
        std::string asked, key;
        if (const auto models = live(); !models.empty()) {
            const auto origin = originOf<Q>(models, *input, *request);
            asked = requestText(origin);
            key = resultKey(origin, Q::tokens(*input));
        }
        return shownProvenance(Q::kind, columns_, asked, key, Q::command);
    }
    const std::vector<ShownColumn>& columns() const { return columns_; }
    /// Also answers that are still to grow.
    void takePartial() { partial_ = true; }

  private:
    bool usable(const Answer& answer) const {
        return partial_ ? !answer.stale() : answer.complete();
    }

    bool partial_ = false;
    const Workspace& workspace_;
    std::vector<ShownColumn> columns_;
};

/// What all panels show alike: the range of colours, the two models compared, the pins.
void askAsShown(const Workspace& workspace, FigureRequest& request);
/// The request for `shown` alone: the two models compared have their places among these, or are not
/// compared.
FigureRequest amongShown(const FigureRequest& request, const std::vector<ShownColumn>& shown);
/// Says in the caption which results are from files.
Figure withSavedText(Figure figure, const std::vector<ShownColumn>& shown);

} // namespace residuum
