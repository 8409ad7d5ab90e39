// The lens in the document: of the prompt, at all positions.
#pragma once

#include "analysis/lens/lens_analysis.h"
#include "widgets/workspace/board.h"

namespace residuum {

/// GUI thread only.
class LensBoard : public Board<LensAnalysis> {
  public:
    explicit LensBoard(Workspace& workspace) : Board(workspace) {}

    std::optional<LensRequest> request() const override {
        return settings().request(workspace().state().target, workspace().state().versus);
    }
};

} // namespace residuum
