// What is pinned in the document, and which of it is selected.
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

const Pin* Workspace::pinOf(const Thing& thing) const {
    const auto found = std::find_if(state_.pins.begin(), state_.pins.end(),
                                    [&](const Pin& pin) { return pin.thing == thing; });
    return found == state_.pins.end() ? nullptr : &*found;
}

std::optional<Thing> Workspace::selected() const {
    if (selected_ && pinOf(*selected_) != nullptr)
        return selected_;
    return state_.pins.empty() ? std::nullopt : std::optional(state_.pins.back().thing);
}

std::vector<Thing> Workspace::pinnedThings() const {
    std::vector<Thing> things;
    if (const auto first = selected())
        things.push_back(*first);
    for (auto pin = state_.pins.rbegin(); pin != state_.pins.rend(); ++pin)
        if (pin->thing != things.front())
            things.push_back(pin->thing);
    return things;
}

void Workspace::select(const Thing& thing) {
    const auto before = selected();
    selected_ = thing;
    if (selected() != before)
        Q_EMIT pinsChanged();
}

void Workspace::pin(const Thing& thing) {
    if (pinOf(thing) != nullptr)
        return select(thing);
    selected_ = thing;
    auto next = state_;
    next.pins.push_back(nextPin(thing, next.pins));
    change(tr("pin"), next);
}

void Workspace::unpin(const Thing& thing) {
    auto next = state_;
    std::erase_if(next.pins, [&](const Pin& pin) { return pin.thing == thing; });
    change(tr("unpin"), next);
}

void Workspace::unpinAll() {
    auto next = state_;
    next.pins.clear();
    change(tr("clear all pins"), next);
}

void Workspace::setNote(const Thing& thing, const QString& note) {
    auto next = state_;
    for (auto& pin : next.pins)
        if (pin.thing == thing)
            pin.note = note;
    change(tr("name a pin"), next);
}

void Workspace::setGroup(const std::vector<Thing>& things, const QString& group) {
    auto next = state_;
    for (auto& pin : next.pins)
        if (std::find(things.begin(), things.end(), pin.thing) != things.end())
            pin.group = group;
    change(group.isEmpty() ? tr("ungroup pins") : tr("group pins"), next);
}

} // namespace residuum
