#include "core/store/safe_copy.h"

#include "core/store/confined_limits.h"
#include "core/task/error.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace residuum {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* endless = "is damaged: reading it comes to no end; compute it again, or take "
                                "another copy";

/// Beside the program, where it is built and installed; else (a test) where it was built.
fs::path readerProgram(const fs::path& original) {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    for (const auto& place :
         {program.parent_path() / "residuum-reader", fs::path(RESIDUUM_BUILT_READER)})
        if (::access(place.c_str(), X_OK) == 0)
            return place;
    throw Error(original.string(), "cannot be opened: the program residuum-reader, which reads "
                                   "files of others for residuum, is not beside it; install both");
}

fs::path privateFolder(const fs::path& original) {
    std::error_code error;
    const auto where = fs::temp_directory_path(error);
    auto pattern = ((error ? fs::path("/tmp") : where) / "residuum-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw Error(original.string(), "cannot be opened: no temporary folder can be made in " +
                                           fs::path(pattern).parent_path().string() + ": " +
                                           std::strerror(errno));
    return pattern;
}

/// The running residuum-reader; ended and reaped by the destructor.
class Reader {
  public:
    Reader(const fs::path& program, const fs::path& original, const fs::path& copy)
        : original_(original) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
            fail(errno);
        answer_ = ends[0];
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        const auto name = program.string(), from = fs::absolute(original).string(),
                   to = copy.string();
        std::array<char*, 4> arguments{const_cast<char*>(name.c_str()),
                                       const_cast<char*>(from.c_str()),
                                       const_cast<char*>(to.c_str()), nullptr};
        const int problem =
            ::posix_spawn(&process_, name.c_str(), &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        if (problem != 0) {
            process_ = -1;
            ::close(answer_);
            fail(problem);
        }
    }
    ~Reader() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        ::close(answer_);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Its status as waitpid gives it. Throws Error after `end`.
    int wait(Clock::time_point end) {
        for (int status = 0;;) {
            const auto ended = ::waitpid(process_, &status, WNOHANG);
            listen();
            if (ended == process_) {
                process_ = -1;
                return status;
            }
            if (ended < 0 && errno != EINTR)
                fail(errno);
            if (Clock::now() > end)
                throw Error(original_.string(), endless);
            struct pollfd waiting {
                answer_, POLLIN, 0
            };
            // The answer ends with the process; a moment later it can be reaped.
            if (::poll(&waiting, 1, 20) > 0 && (waiting.revents & POLLIN) == 0)
                ::usleep(200);
        }
    }

    /// What it said, at most a few lines.
    const std::string& said() const { return said_; }

  private:
    [[noreturn]] void fail(int why) const {
        throw Error(original_.string(), std::string("cannot be opened: residuum-reader does not "
                                                    "start: ") +
                                            std::strerror(why));
    }

    void listen() {
        std::array<char, 4096> buffer;
        for (ssize_t got = 0; (got = ::read(answer_, buffer.data(), buffer.size())) > 0;)
            if (said_.size() < buffer.size())
                said_.append(buffer.data(), static_cast<std::size_t>(got));
    }

    fs::path original_;
    pid_t process_ = -1;
    int answer_ = -1;
    std::string said_;
};

void makeCopy(const fs::path& original, const fs::path& copy) {
    std::error_code error;
    const auto bytes = fs::file_size(original, error);
    if (error)
        throw Error(original.string(), "cannot be read: " + error.message());
    Reader reader(readerProgram(original), original, copy);
    const int status = reader.wait(
        Clock::now() + std::chrono::seconds(static_cast<std::int64_t>(wallSeconds(bytes))));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (WIFEXITED(status) && !reader.said().empty())
        throw Error(original.string(), reader.said());
    if (WIFEXITED(status))
        throw Error(original.string(), "cannot be opened: residuum-reader does not start");
    if (WTERMSIG(status) == SIGXCPU)
        throw Error(original.string(), endless);
    throw Error(original.string(), "is damaged: HDF5 fails on what is in it; compute it again, or "
                                   "take another copy");
}

} // namespace

SafeCopy::SafeCopy(const fs::path& original) : folder_(privateFolder(original)) {
    try {
        makeCopy(original, file());
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
        throw;
    }
}

SafeCopy::~SafeCopy() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

} // namespace residuum
