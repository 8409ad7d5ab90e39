// The lens in the document: of the prompt, at all positions.
#pragma once

#include "analysis/lens/lens_analysis.h"
#include "widgets/workspace/board.h"

namespace residuum {

/// GUI thread only. The Jacobian lens of a set that is asked as a whole is averaged over its
/// prompts.
class LensBoard : public Board<LensAnalysis> {
  public:
    explicit LensBoard(Workspace& workspace) : Board(workspace) {}

    QString obstacle() const override {
        const auto missing = ofSet() ? setObstacle() : QString();
        return missing.isEmpty() ? Board::obstacle() : missing;
    }
    std::optional<LensRequest> request() const override {
        return settings().request(workspace().state().target, workspace().state().versus);
    }
    std::shared_ptr<const PromptInput> input() const override {
        return ofSet() ? workspace().askedPrompts() : workspace().promptInput();
    }

  private:
    bool ofSet() const { return settings().jacobian && workspace().asksMean(); }
};

} // namespace residuum
