// Whether a run goes as it should (SCIENCE §6, "Watch"). Torch-free.
#pragma once

#include "analysis/removal/run_record.h"

#include <optional>
#include <string>

namespace residuum {

struct WatchReport {
    /// Why the run must stop; empty: it may go on.
    std::optional<std::string> fault;
    /// The gradient norm is above ten times its median: no step to keep.
    bool suspicious = false;
};

/// Of the last step of `record`: non-finite values; a loss 3 nats above the running median; a
/// gradient norm of at least 10 times its running median for the fifth time in a row. Medians are
/// over the 50 steps before, from the tenth on.
WatchReport watch(const RunRecord& record);

} // namespace residuum
