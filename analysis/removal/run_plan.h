// What decides a run's numbers, beside model and texts. Torch-free.
#pragma once

#include "analysis/removal/schedule.h"

#include <cstdint>
#include <string>

namespace residuum {

enum class RunPurpose {
    Removal,
    Vanilla,    ///< the control: every site stays, no auxiliary loss
    FromScratch ///< likewise
};

struct RunPlan {
    Schedule schedule;
    RunPurpose purpose = RunPurpose::Removal;
    int steps = 300; ///< where the run ends
    int batch = 4, accumulate = 4;
    std::int64_t length = 1024;
    bool shuffled = true;
    std::uint64_t seed = 0;

    bool removes() const { return purpose == RunPurpose::Removal; }
};

/// One line of JSON, without where the run ends: that may be moved.
std::string planJson(const RunPlan& plan);

} // namespace residuum
