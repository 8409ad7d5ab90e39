// Groups of pins in the document: asked about the pair, or pairs, that patching is asked about.
#pragma once

#include "analysis/groups/groups_analysis.h"
#include "widgets/workspace/board.h"

#include <optional>
#include <vector>

namespace residuum {

/// GUI thread only.
class GroupsBoard : public Board<GroupsAnalysis> {
  public:
    explicit GroupsBoard(Workspace& workspace) : Board(workspace) {}

    QString obstacle() const override;
    std::optional<GroupsRequest> request() const override;
    std::shared_ptr<const PairInput> input() const override;

  protected:
    /// A session without groups has nothing of them.
    std::optional<GroupsSettings> kept() const override;

  private:
    std::vector<ComponentGroup> groups() const;
};

} // namespace residuum
