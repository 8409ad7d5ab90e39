// What a computation is given beside what it is asked, and what it may hand over on its way. None
// of it changes a number beyond rounding, so none of it is part of a key.
#pragma once

#include "analysis/question/prepared.h"
#include "analysis/question/prepared_files.h"
#include "core/task/progress.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace residuum {

inline constexpr std::int64_t usualMemory = std::int64_t{1} << 30;

template <class Result>
struct Job {
    using Publish = std::function<void(std::shared_ptr<const Result>)>;

    Job(Progress& of) : progress(of) {} // NOLINT: a plain computation needs nothing else

    Progress& progress;
    std::int64_t memory = usualMemory; ///< bytes to hold at most, beyond the weights
    Publish publish{}; ///< takes what there is so far, on the computing thread; may be empty
    int position = -1; ///< of the prompt, which is looked at: to be published first; -1: none
    Prepared* prepared = nullptr; ///< null: nothing is kept in memory
    PreparedFiles files{};        ///< what is costly, for other processes too
    /// Where what is no result file goes, such as a checkpoint; empty: nowhere.
    std::filesystem::path products{};
    /// What an earlier computation of the same request had got when it was broken off; null: none.
    std::shared_ptr<const Result> begun{};
    /// Whether to break off by Paused, to be gone on with in another turn. Asked after each piece
    /// of work, with the seconds that preparing and the pieces have taken in this turn; null:
    /// never.
    std::function<bool(double preparing, double working)> pauses{};
    /// What this one had got when it was cancelled, for the next one; null: not worth it.
    std::shared_ptr<const Result> brokenOff{};
};

} // namespace residuum
