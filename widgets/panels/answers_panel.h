// The panel of a question from its views (shown_figure.h), but for the controls and what stands
// around the plots.
#pragma once

#include "widgets/panels/question_panel.h"
#include "widgets/panels/shown_figure.h"

#include <concepts>
#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// What is to be said where a whole set is asked about, and a question is of one of its prompts; ""
/// where it is not.
template <class Q>
QString onePromptText(const Workspace& workspace) {
    if constexpr (std::same_as<typename Q::Input, PromptInput>)
        if (const auto input = workspace.board<Board<Q>>().input();
            workspace.asksMean() && input && !input->request.dataset &&
            input->tokens.sequences.size() == 1)
            return onePromptText(workspace);
    return {};
}

/// GUI thread only.
template <Views V>
class AnswersPanel : public QuestionPanel {
  public:
    Figure figure(FigureRequest& request) const override {
        return shownFigure<V>(workspace(), request, lockedLimit(request.view));
    }

  protected:
    using Q = typename V::Question;
    using Column = typename V::Column;

    AnswersPanel(Workspace& workspace, QWidget* parent)
        : QuestionPanel(workspace, workspace.board<Board<Q>>(), parent) {}

    bool has(const ModelColumn& column) const override { return answered(column).has_value(); }
    /// What is drawn of a column; empty: nothing.
    std::optional<Column> answered(const ModelColumn& column) const {
        const auto* answer = workspace().template board<Board<Q>>().answer(column.id);
        if (answer == nullptr || !answer->result)
            return std::nullopt;
        return V::column(workspace(), column, *answer);
    }
    std::vector<Column> answered() const {
        std::vector<Column> columns;
        for (const auto* column : shown())
            if (auto there = answered(*column))
                columns.push_back(*std::move(there));
        return columns;
    }

    /// What the views say of the columns, where they have something to say.
    QString verdictText() const override {
        if constexpr (requires { V::verdict(answered(), V::shown(workspace(), {})); }) {
            const auto columns = answered();
            return columns.empty() ? QString() : V::verdict(columns, V::shown(workspace(), {}));
        }
        return {};
    }

  private:
    std::shared_ptr<const Scene> scene() const override {
        auto scene = std::make_shared<SceneOf<V>>();
        scene->columns = answered();
        scene->shown = V::shown(workspace(), {});
        return scene;
    }
};

} // namespace residuum
