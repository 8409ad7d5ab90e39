// The window's panel of what differs between models.
#pragma once

#include "widgets/panels/comparison_board.h"
#include "widgets/panels/comparison_views.h"

#include <optional>

namespace residuum {

/// GUI thread only.
class ComparisonPanel : public ViewsPanel<ComparisonAnalysis, comparisonViews> {
  public:
    explicit ComparisonPanel(Workspace& workspace) : ViewsPanel(workspace) {}

    Figure figure(FigureRequest& request) const override;
    /// What a head attends to.
    std::optional<ThingNumbers> inspect(const Thing& thing) const override;
};

} // namespace residuum
