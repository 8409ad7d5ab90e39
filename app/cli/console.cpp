#include "app/cli/console.h"

#include "core/task/error.h"
#include "core/task/message.h"

#include <CLI/Error.hpp>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace residuum {

namespace {

int fail(const std::string& message, ExitStatus status) {
    std::fprintf(stderr, "residuum: %s\n", oneLine(message, 3000).c_str());
    return status;
}

bool drawsProgress(bool quiet) {
    return !quiet && ::isatty(STDERR_FILENO) == 1;
}

sigset_t interruptSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

using SignalAction = struct sigaction; // there is a function of that name

/// Set by the handler, which can reach nothing else: threads that a BLAS started before `main` do
/// not know that signals are blocked, and one that arrives there would end the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void noteInterrupt(int) {
    interrupted.store(true);
}

} // namespace

int reportErrors(const std::function<int()>& body) {
    try {
        return body();
    } catch (const UsageError& error) {
        return fail(error.what(), exitUsage);
    } catch (const CLI::Error& error) {
        return fail(std::string("command line: ") + error.what(), exitUsage);
    } catch (const Cancelled&) {
        return exitInterrupted;
    } catch (const std::exception& error) {
        return fail(messageOf(error), exitFailure);
    }
}

struct InterruptGuard::Private {
    std::stop_source source;
    sigset_t previous{};
    SignalAction onInterrupt{}, onTermination{};
    std::jthread waiter;
};

InterruptGuard::InterruptGuard() : d_(std::make_unique<Private>()) {
    const auto signals = interruptSignals();
    pthread_sigmask(SIG_BLOCK, &signals, &d_->previous);
    SignalAction note{};
    note.sa_handler = noteInterrupt;
    note.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &note, &d_->onInterrupt);
    ::sigaction(SIGTERM, &note, &d_->onTermination);
    d_->waiter = std::jthread([this](const std::stop_token& end) {
        const auto waited = interruptSignals();
        const timespec slice{0, 100'000'000};
        while (!end.stop_requested()) {
            if (::sigtimedwait(&waited, nullptr, &slice) > 0 || interrupted.exchange(false))
                d_->source.request_stop();
        }
    });
}

InterruptGuard::~InterruptGuard() {
    d_->waiter.request_stop();
    d_->waiter.join();
    ::sigaction(SIGINT, &d_->onInterrupt, nullptr);
    ::sigaction(SIGTERM, &d_->onTermination, nullptr);
    pthread_sigmask(SIG_SETMASK, &d_->previous, nullptr);
}

std::stop_token InterruptGuard::token() const {
    return d_->source.get_token();
}

Progress terminalProgress(std::stop_token stop, bool quiet) {
    if (!drawsProgress(quiet))
        return Progress(std::move(stop), {});
    return Progress(std::move(stop), [](const ProgressReport& report) {
        std::string left;
        if (report.secondsLeft && report.fraction < 1.0)
            left = " · " + std::to_string(std::lround(*report.secondsLeft)) + " s left";
        std::fprintf(stderr, "\r\033[K%s %3.0f %%%s", report.stage.c_str(), 100.0 * report.fraction,
                     left.c_str());
        std::fflush(stderr);
    });
}

void clearProgressLine(bool quiet) {
    if (drawsProgress(quiet))
        std::fputs("\r\033[K", stderr);
}

} // namespace residuum
