// Runs the real program and keeps what it says.
#pragma once

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "support/paths.h"

namespace residuum::test {

struct Outcome {
    int status = -1; ///< exit status; 128 + signal when killed
    std::string out;
    std::string err;
    std::int64_t peakBytes = 0; ///< of memory

    std::size_t errorLines() const {
        return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n'));
    }
};

inline std::string readFile(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline const std::filesystem::path& cacheOfThisProcess() {
    static const TemporaryFolder folder;
    return folder.path();
}

/// Runs `program` with `arguments`; standard input is empty.
inline Outcome runProgram(const std::string& program, const std::vector<std::string>& arguments) {
    const TemporaryFolder folder;
    const auto out = folder.path() / "out", err = folder.path() / "err";
    const auto& cache = cacheOfThisProcess();
    const pid_t child = ::fork();
    if (child == 0) {
        const auto redirect = [](const char* file, int flags, int descriptor) {
            ::dup2(::open(file, flags, 0600), descriptor);
        };
        redirect("/dev/null", O_RDONLY, 0);
        redirect(out.c_str(), O_WRONLY | O_CREAT, 1);
        redirect(err.c_str(), O_WRONLY | O_CREAT, 2);
        // Never the user's own cache; one per test process, so that tests see what they stored.
        if (std::getenv("RESIDUUM_CACHE") == nullptr)
            ::setenv("RESIDUUM_CACHE", cache.c_str(), 0);
        std::vector<char*> raw{const_cast<char*>(program.c_str())};
        for (const auto& argument : arguments)
            raw.push_back(const_cast<char*>(argument.c_str()));
        raw.push_back(nullptr);
        ::execvp(program.c_str(), raw.data());
        ::_exit(127);
    }
    int status = 0;
    rusage used{};
    ::wait4(child, &status, 0, &used);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), readFile(out),
            readFile(err), std::int64_t{used.ru_maxrss} * 1024};
}

/// Runs residuum.
inline Outcome residuum(const std::vector<std::string>& arguments) {
    return runProgram(RESIDUUM_PROGRAM, arguments);
}

inline std::string join(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const auto& part : parts)
        text += (text.empty() ? "" : separator) + part;
    return text;
}

} // namespace residuum::test
