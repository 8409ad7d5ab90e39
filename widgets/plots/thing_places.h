// Where things stand in a list of what a plot shows.
#pragma once

#include "analysis/question/thing.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

namespace residuum {

class ThingPlaces {
  public:
    /// Of items each of which has a `thing` or none; what it knows already it does not learn again.
    template <class Items>
    void learn(const Items& items) {
        if (std::equal(items.begin(), items.end(), things_.begin(), things_.end(),
                       [](const auto& item, const auto& thing) { return item.thing == thing; }))
            return;
        things_.clear();
        places_.clear();
        for (const auto& item : items) {
            if (item.thing)
                places_.emplace(*item.thing, things_.size());
            things_.push_back(item.thing);
        }
    }
    std::optional<std::size_t> of(const Thing& thing) const {
        const auto found = places_.find(thing);
        return found == places_.end() ? std::nullopt : std::optional(found->second);
    }

  private:
    std::vector<std::optional<Thing>> things_;
    std::unordered_map<Thing, std::size_t, ThingHash> places_;
};

} // namespace residuum
