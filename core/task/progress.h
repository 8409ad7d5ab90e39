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

    /// Neither reports nor cancels.
    Progress() = default;
    Progress(std::stop_token stop, Sink sink,
             Clock::duration interval = std::chrono::milliseconds(50));

    /// Starts a stage of `total` equal steps; the estimate of the time left starts anew.
    void begin(std::string stage, std::int64_t total);
    /// Marks `steps` as done; throws Cancelled when a stop was requested.
    void advance(std::int64_t steps = 1);
    /// Throws Cancelled when a stop was requested. Call per layer, prompt or batch.
    void check() const;

  private:
    void report(bool force);

    std::stop_token stop_;
    Sink sink_;
    Clock::duration interval_{};
    std::string stage_;
    std::int64_t total_ = 0;
    std::int64_t done_ = 0;
    Clock::time_point started_{};
    Clock::time_point reported_{};
};

} // namespace residuum
