#include "core/checkpoint/missing_pages.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

namespace residuum::checkpoint {

/// One range; never freed, as the signal handler may be walking the list, but used again.
struct MissingPages::Watch {
    std::atomic<bool> taken{true};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0}; ///< 0 while the range is not watched
    std::atomic<bool> missing{false};
    Watch* next = nullptr; ///< does not change once the watch is in the list
};

namespace {

using Watch = MissingPages::Watch;

// A signal handler is handed no object, so what it needs is the process's own.
std::atomic<Watch*> watches{nullptr};
std::uintptr_t pageBytes = 4096;
struct sigaction formerAction {};

Watch* watchOf(std::uintptr_t address) {
    for (auto* watch = watches.load(); watch != nullptr; watch = watch->next)
        if (address < watch->end.load() && address >= watch->begin.load())
            return watch;
    return nullptr;
}

/// Zeros from the page of `address` to the range's end, where the file has nothing any more.
bool mapZeros(const Watch& watch, std::uintptr_t address) {
    const auto page = address / pageBytes * pageBytes;
    return ::mmap(reinterpret_cast<void*>(page), watch.end.load() - page, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

void passOn(int signal, siginfo_t* info, void* context) {
    if ((formerAction.sa_flags & SA_SIGINFO) != 0) {
        formerAction.sa_sigaction(signal, info, context);
    } else if (formerAction.sa_handler != SIG_DFL && formerAction.sa_handler != SIG_IGN) {
        formerAction.sa_handler(signal);
    } else {
        // The default again: the fault comes back at once and ends the program; one that was sent
        // is sent anew.
        struct sigaction standard {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(signal, &standard, nullptr);
        if (info->si_code <= 0)
            ::raise(signal);
    }
}

/// Only atomics and system calls: it interrupts any code whatever.
void onBusError(int signal, siginfo_t* info, void* context) {
    const int before = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    auto* watch = info->si_code == BUS_ADRERR ? watchOf(address) : nullptr;
    if (watch != nullptr)
        watch->missing.store(true);
    if (watch == nullptr || !mapZeros(*watch, address))
        passOn(signal, info, context);
    errno = before;
}

bool installHandler() {
    pageBytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, nullptr, &formerAction);
    return ::sigaction(SIGBUS, &action, nullptr) == 0;
}

Watch* takeWatch() {
    for (auto* watch = watches.load(); watch != nullptr; watch = watch->next)
        if (bool free = false; watch->taken.compare_exchange_strong(free, true))
            return watch;
    auto* made = new MissingPages::Watch;
    made->next = watches.load();
    while (!watches.compare_exchange_weak(made->next, made)) {
    }
    return made;
}

} // namespace

MissingPages::MissingPages(std::span<const std::byte> bytes) {
    static const bool installed = installHandler();
    (void)installed; // where the system allows no handler, a fault ends the program as before
    watch_ = takeWatch();
    watch_->missing.store(false);
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    watch_->begin.store(begin);
    watch_->end.store((begin + bytes.size() + pageBytes - 1) / pageBytes * pageBytes);
}

MissingPages::~MissingPages() {
    watch_->end.store(0);
    watch_->taken.store(false);
}

bool MissingPages::missing() const {
    return watch_->missing.load();
}

} // namespace residuum::checkpoint
