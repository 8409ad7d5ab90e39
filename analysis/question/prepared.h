// What the computations of one model prepare and share. Torch-free.
#pragma once

#include <map>
#include <memory>
#include <string>

namespace residuum {

/// Of every kind of state what was prepared last. For one thread at a time. `name`: what the state
/// is, the same for the same type; `key`: everything that it depends on.
class Prepared {
  public:
    /// Null where there is none.
    template <class State>
    std::shared_ptr<State> find(const std::string& name, const std::string& key) const {
        const auto kept = states_.find(name);
        return kept == states_.end() || kept->second.key != key
                   ? nullptr
                   : std::static_pointer_cast<State>(kept->second.state);
    }
    /// The one that is there, else what `make()` returns as a shared_ptr<State>, which is kept in
    /// its place. Throws what `make` throws.
    template <class State, class Make>
    std::shared_ptr<State> of(const std::string& name, const std::string& key, const Make& make) {
        if (auto there = find<State>(name, key))
            return there;
        states_.erase(name); // both at once would take twice the memory
        std::shared_ptr<State> made = make();
        states_[name] = {key, made};
        return made;
    }

  private:
    struct Kept {
        std::string key;
        std::shared_ptr<void> state;
    };
    std::map<std::string, Kept> states_; ///< by name
};

} // namespace residuum
