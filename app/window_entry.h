// A question as an entry of the list, with its figures and its panel.
#pragma once

#include "app/question_entry.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/panels/question_panel.h"
#include "widgets/workspace/workspace.h"

namespace residuum {

template <Question Q, class BoardOfQ, class PanelOfQ>
QuestionEntry entryOf(FigureKind (*figures)()) {
    auto entry = entryOf<Q>();
    entry.figures = figures;
    entry.addBoard = [](Workspace& workspace) { workspace.add<BoardOfQ>(); };
    entry.makePanel = [](Workspace& workspace) -> QuestionPanel* {
        return new PanelOfQ(workspace);
    };
    return entry;
}

} // namespace residuum
