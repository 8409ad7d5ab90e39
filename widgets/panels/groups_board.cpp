#include "widgets/panels/groups_board.h"

#include "widgets/panels/patching_board.h"

namespace residuum {

std::vector<ComponentGroup> GroupsBoard::groups() const {
    std::vector<SessionPin> pins;
    for (const auto& pin : workspace().state().pins)
        pins.push_back({label(pin.thing), {}, {}, {}, pin.group.toStdString()});
    return groupsOf(pins);
}

QString GroupsBoard::obstacle() const {
    if (groups().empty())
        return tr("No pin is in a group. Pin heads, MLPs or neurons, then select some in the list "
                  "of pins and choose Group … (Ctrl+G).");
    return workspace().board<PatchingBoard>().obstacle();
}

std::optional<GroupsSettings> GroupsBoard::kept() const {
    return groups().empty() ? std::nullopt : Board::kept();
}

std::optional<GroupsRequest> GroupsBoard::request() const {
    return groupsRequest(settings(), groups());
}

std::shared_ptr<const PairInput> GroupsBoard::input() const {
    return workspace().board<PatchingBoard>().input();
}

} // namespace residuum
