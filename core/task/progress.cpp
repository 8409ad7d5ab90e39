#include "core/task/progress.h"

#include "core/task/error.h"

#include <algorithm>
#include <utility>

namespace residuum {

Progress::Progress(std::stop_token stop, Sink sink, Clock::duration interval, Yield yield)
    : stop_(std::move(stop)), sink_(std::move(sink)), yield_(std::move(yield)),
      interval_(interval) {}

void Progress::begin(std::string stage, std::int64_t total, std::int64_t done) {
    stage_ = std::move(stage);
    total_ = std::max<std::int64_t>(total, 1);
    done_ = before_ = std::clamp<std::int64_t>(done, 0, total_);
    started_ = Clock::now();
    report(true);
    check();
}

void Progress::advance(std::int64_t steps) {
    done_ = std::min(done_ + steps, total_);
    report(done_ == total_);
    check();
}

void Progress::check() const {
    throwIfStopped();
    if (!yield_)
        return;
    const auto before = Clock::now();
    if (!yield_())
        return;
    const auto gone = Clock::now() - before;
    started_ += gone;
    away_ += gone;
    report(true); // what is shown is this job's again
    throwIfStopped();
}

void Progress::throwIfStopped() const {
    if (stop_.stop_requested())
        throw Cancelled();
}

void Progress::report(bool force) const {
    if (!sink_ || total_ == 0)
        return;
    const auto now = Clock::now();
    if (!force && now - reported_ < interval_)
        return;
    reported_ = now;
    ProgressReport report{stage_, static_cast<double>(done_) / static_cast<double>(total_), {}};
    if (done_ > before_) {
        const std::chrono::duration<double> elapsed = now - started_;
        report.secondsLeft = elapsed.count() * static_cast<double>(total_ - done_) /
                             static_cast<double>(done_ - before_);
    }
    sink_(report);
}

} // namespace residuum
