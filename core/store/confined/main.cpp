// residuum-reader ORIGINAL COPY: reads a result file of unknown origin and writes what it found
// into a sealed copy (core/store/safe_copy.h). Says on standard output why it could not.
#include "core/store/confined/conversion.h"
#include "core/store/confined_limits.h"
#include "core/store/seal.h"
#include "core/task/error.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <sys/resource.h>
#include <unistd.h>

namespace {

void limit(__rlimit_resource resource, std::uint64_t most) {
    rlimit limits{};
    ::getrlimit(resource, &limits);
    limits.rlim_cur = limits.rlim_max == RLIM_INFINITY
                          ? static_cast<rlim_t>(most)
                          : std::min<rlim_t>(limits.rlim_max, static_cast<rlim_t>(most));
    limits.rlim_max = std::min(limits.rlim_max, limits.rlim_cur + 1); // told before it is ended
    ::setrlimit(resource, &limits);
}

void confine(std::uint64_t fileBytes) {
    ::close_range(3, ~0U, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 16);
    limit(RLIMIT_CPU, residuum::processorSeconds(fileBytes));
    limit(RLIMIT_FSIZE, residuum::copyBytes(fileBytes));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they map terabytes
    limit(RLIMIT_AS, residuum::memoryBytes);
#endif
}

} // namespace

// What a sanitizer finds ends the process as a crash would, not as an answer.
#if defined(__SANITIZE_ADDRESS__)
extern "C" const char* __asan_default_options() {
    return "abort_on_error=1";
}
#elif defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_options() {
    return "abort_on_error=1";
}
#endif

int main(int argc, char** argv) {
    if (argc != 3) {
        std::puts("is opened by residuum, not by hand: residuum-reader ORIGINAL COPY");
        return 1;
    }
    try {
        confine(std::filesystem::file_size(argv[1]));
        residuum::convertResult(argv[1], argv[2]);
        residuum::seal(argv[2]);
        return 0;
    } catch (const residuum::Error& error) {
        std::fputs(error.reason().c_str(), stdout);
    } catch (const std::exception&) {
        std::fputs("is damaged: it would take more memory than a result does", stdout);
    }
    return 1;
}
