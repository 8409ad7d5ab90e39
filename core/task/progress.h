// Progress and cancellation of one long job. Torch-free and Qt-free.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace residuum {

struct ProgressReport {
    std::string stage;                 ///< what is being done, e.g. "attribution, ln-free"
    double fraction = 0.0;             ///< 0 … 1
    std::optional<double> secondsLeft; ///< empty until it can be estimated
};

/// Handed down a job by reference; used by the thread that runs the job only. Reports are throttled
/// at the source (at most one per `interval`), so a sink may be as slow as a queued signal.
class Progress {
  public:
    using Sink = std::function<void(const ProgressReport&)>;
    using Clock = std::chrono::steady_clock;
    /// Does other work that is more urgent, if there is any; whether there was. See `check`.
    using Yield = std::function<bool()>;

    /// Neither reports nor cancels nor yields.
    Progress() = default;
    Progress(std::stop_token stop, Sink sink,
             Clock::duration interval = std::chrono::milliseconds(50), Yield yield = {});

    /// Starts a stage of `total` equal steps, of which `done` were done before; the estimate of the
    /// time left starts anew.
    void begin(std::string stage, std::int64_t total, std::int64_t done = 0);
    /// Marks `steps` as done; checks.
    void advance(std::int64_t steps = 1);
    /// Throws Cancelled when a stop was requested, and lets more urgent work go first; the time it
    /// takes is not this job's. Call per layer, prompt or batch, without a lock held and outside of
    /// parallel regions.
    void check() const;
    /// How long more urgent work had gone first, so far.
    Clock::duration away() const { return away_; }

  private:
    void report(bool force) const;
    void throwIfStopped() const;

    std::stop_token stop_;
    Sink sink_;
    Yield yield_;
    Clock::duration interval_{};
    std::string stage_;
    std::int64_t total_ = 0;
    std::int64_t done_ = 0;
    std::int64_t before_ = 0; ///< of it, done when the stage began
    // Where others go first no work is done, but the clock goes on.
    mutable Clock::time_point started_{};
    mutable Clock::time_point reported_{};
    mutable Clock::duration away_{};
};

} // namespace residuum
