// How long one turn of work has taken.
#pragma once

#include "core/task/progress.h"

#include <chrono>

namespace residuum {

/// From its making on, without more urgent work that went first (Progress::check).
class TurnClock {
  public:
    explicit TurnClock(const Progress& progress)
        : progress_(progress), began_(Progress::Clock::now()), away_(progress.away()) {}

    double seconds() const {
        const auto own = Progress::Clock::now() - began_ - (progress_.away() - away_);
        return std::chrono::duration<double>(own).count();
    }

  private:
    const Progress& progress_;
    Progress::Clock::time_point began_;
    Progress::Clock::duration away_;
};

} // namespace residuum
