// What a question says of how its answers are drawn, and what follows from it: the window's figures
// of every question come about here.
#pragma once

#include "widgets/panels/figure_source.h"
#include "widgets/panels/panel_drawing.h"

#include <concepts>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// What a figure's live columns are asked.
template <Question Q>
struct FigureOrigin {
    std::shared_ptr<const typename Q::Input> input;
    std::optional<typename Q::Request> request;
};

/// Where nothing is looked at but the prompt.
struct ShownPrompt {
    QString prompt; ///< for the caption

    friend bool operator==(const ShownPrompt&, const ShownPrompt&) = default;
};

/// What a question's own views derive from. ShownOf: how answers are looked at, what all columns
/// share; ColumnOf: one model, `name`, `result` and what else is drawn. Beside this they have, and
/// declare by the types below,
///   shown     as the document has it, for a view
///   panels    a view's plots
///   scale     of its heatmaps and texts, but for its end
///   figure
/// and, where this is not what they need, their own
///   column    of a model; empty: what is there is not shown
///   ask       the document's settings of the view, into the figure's request
///   verdict   what all columns say together, in a sentence (verdict.h)
///   tableOf   of a view that the window has as a table
template <Question QuestionOfViews, class ShownOf,
          class ColumnOf = NamedResult<typename QuestionOfViews::Result>>
struct ViewsOf {
    using Question = QuestionOfViews;
    using Shown = ShownOf;
    using Column = ColumnOf;
    using AsShown = Shown(const Workspace& workspace, const QString& view);
    using ColumnOfAnswer =
        std::optional<Column>(const Workspace& workspace, const ModelColumn& column,
                              const typename Board<Question>::ColumnAnswer& answer);
    using AskFor = void(const Workspace& workspace, FigureRequest& request);
    using Panels = std::vector<FigurePanel>(const QString& view, const std::vector<Column>& columns,
                                            const Shown& shown);
    using Scale = ColourScale(const QString& view, const std::vector<Column>& columns,
                              const Shown& shown);
    using Drawing = Figure(const std::vector<Column>& columns, const Shown& shown,
                           const FigureRequest& request, const Provenance& provenance);
    /// `difference`: places of the two columns that are compared.
    using TableDrawing = TableFigure(const QString& view, const std::vector<Column>& columns,
                                     const Shown& shown,
                                     const std::optional<std::pair<int, int>>& difference);
    using Sentence = QString(const std::vector<Column>& columns, const Shown& shown);
    /// Whether figures also have answers that are still to grow.
    static constexpr bool drawsPartial = false;
    /// Whether a view's figure has all it shows while what is left takes long and was not asked
    /// for.
    static bool drawsAnnounced(const QString&) { return false; }

    static std::optional<Column> column(const Workspace&, const ModelColumn& column,
                                        const typename Board<Question>::ColumnAnswer& answer) {
        return Column{column.name, answer.result};
    }
    /// Whether a figure shows the column; the screen may say why it has no numbers.
    static bool inFigure(const Column&) { return true; }
    static TableFigure tableOf(const QString&, const std::vector<Column>&, const Shown&,
                               const std::optional<std::pair<int, int>>&) {
        return {};
    }
    static void ask(const Workspace&, FigureRequest&) {}
    static FigureOrigin<Question> origin(const Workspace& workspace, const QString&) {
        const auto& board = workspace.board<Board<Question>>();
        return {board.input(), board.request()};
    }
};

template <class V>
concept Views = requires(const Workspace& workspace, const QString& view,
                         const typename V::Shown& shown,
                         const std::vector<typename V::Column>& columns, FigureRequest& request,
                         const Provenance& provenance,
                         const typename Board<typename V::Question>::ColumnAnswer& answer) {
    { V::shown(workspace, view) } -> std::same_as<typename V::Shown>;
    {
        V::column(workspace, *workspace.column(0), answer)
        } -> std::same_as<std::optional<typename V::Column>>;
    { V::inFigure(columns.front()) } -> std::same_as<bool>;
    V::ask(workspace, request);
    { V::panels(view, columns, shown) } -> std::same_as<std::vector<FigurePanel>>;
    { V::scale(view, columns, shown) } -> std::same_as<ColourScale>;
    { V::figure(columns, shown, request, provenance) } -> std::same_as<Figure>;
    { V::origin(workspace, view) } -> std::same_as<FigureOrigin<typename V::Question>>;
};

/// What the document shows of a question, as the figure of `request.view`; the rest of the request
/// is filled in, `limit` by who shows it. Throws Error where no column has a result.
template <Views V>
Figure shownFigure(const Workspace& workspace, FigureRequest& request,
                   std::optional<double> limit = {}) {
    using Q = typename V::Question;
    const auto& board = workspace.board<Board<Q>>();
    askAsShown(workspace, request);
    request.limit = limit;
    V::ask(workspace, request);
    std::vector<typename V::Column> columns;
    std::vector<ShownColumn> places;
    for (const auto& column : workspace.columns()) {
        const auto* answer = board.answer(column.id);
        if (answer == nullptr || !answer->result)
            continue;
        const bool isAnnounced =
            answer->state == AnswerState::Announced && V::drawsAnnounced(request.view);
        if (!isAnnounced && !(V::drawsPartial ? !answer->stale() : answer->complete()))
            continue;
        auto drawn = V::column(workspace, column, *answer);
        if (!drawn || !V::inFigure(*drawn))
            continue;
        columns.push_back(*std::move(drawn));
        places.push_back({&column, static_cast<int>(&column - workspace.columns().data()),
                          answer->result->model, answer->created});
    }
    requireAny(places, board);
    request = amongShown(request, places);
    std::string asked, key;
    if (const auto models = liveModels(places); !models.empty()) {
        const auto from = V::origin(workspace, request.view);
        const auto origin = originOf<Q>(models, *from.input, *from.request);
        asked = requestText(origin);
        key = resultKey(origin, Q::tokens(*from.input));
    }
    auto figure = withSavedText(V::figure(columns, V::shown(workspace, request.view), request,
                                          shownProvenance(Q::kind, places, asked, key, Q::command)),
                                places);
    if (figure.panels.empty())
        throw Error("the figure", "has nothing to draw of what is shown");
    return figure;
}

/// Answers as they are in the document, to be drawn.
template <Views V>
struct SceneOf final : Scene {
    std::vector<typename V::Column> columns;
    typename V::Shown shown;

    std::vector<FigurePanel> panels(const QString& view) const override {
        return V::panels(view, columns, shown);
    }
    ColourScale scale(const QString& view) const override { return V::scale(view, columns, shown); }
    TableFigure table(const QString& view,
                      const std::optional<std::pair<int, int>>& difference) const override {
        return V::tableOf(view, columns, shown, difference);
    }
    bool isSame(const Scene& other) const override {
        const auto* scene = dynamic_cast<const SceneOf*>(&other);
        return scene != nullptr && scene->columns == columns && scene->shown == shown;
    }
};

} // namespace residuum
