// What every subcommand shares with the terminal: progress, Ctrl-C, one line per error.
#pragma once

#include "core/task/progress.h"

#include <functional>
#include <memory>
#include <string>

namespace residuum {

/// Exit statuses (CONTRACT).
enum ExitStatus { exitSuccess = 0, exitFailure = 1, exitUsage = 2, exitInterrupted = 130 };

/// Runs `body` and turns what it throws into an exit status and exactly one line on standard error,
/// "residuum: WHAT: WHY".
int reportErrors(const std::function<int()>& body);

/// Turns Ctrl-C into cancellation while it lives: a thread of its own waits for the signal, so that
/// nothing runs in a signal handler. Make it before any other thread is started.
class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    std::stop_token token() const;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

/// Progress that shows itself on standard error where that is a terminal, unless `quiet`.
Progress terminalProgress(std::stop_token stop, bool quiet);
/// Clears the line that terminalProgress draws.
void clearProgressLine(bool quiet);

} // namespace residuum
