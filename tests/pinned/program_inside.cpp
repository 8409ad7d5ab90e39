#include "pinned/program_inside.h"

#include "app/run_program.h"
#include "pinned/goldens.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace residuum::test {

namespace {

const std::filesystem::path& sharedCache() {
    static const TemporaryFolder folder;
    return folder.path();
}

[[noreturn]] void runChild(const std::function<int()>& what, const std::filesystem::path& streams) {
    const auto redirect = [](const char* file, int flags, int descriptor) {
        ::dup2(::open(file, flags, 0600), descriptor);
    };
    redirect("/dev/null", O_RDONLY, 0);
    redirect((streams / "out").c_str(), O_WRONLY | O_CREAT, 1);
    redirect((streams / "err").c_str(), O_WRONLY | O_CREAT, 2);
    const int status = what();
    std::fflush(nullptr);
    ::_exit(status);
}

int runProgram(const std::vector<std::string>& arguments, const std::string& folder) {
    ::setenv("RESIDUUM_CACHE", sharedCache().c_str(), 1);
    ::setenv("HF_HUB_CACHE", "/nowhere/hub", 1);
    if (!folder.empty() && ::chdir(folder.c_str()) != 0)
        return 127;
    std::vector<std::string> all{"residuum"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> raw;
    for (auto& argument : all)
        raw.push_back(argument.data());
    raw.push_back(nullptr);
    return residuum::runProgram(static_cast<int>(all.size()), raw.data(), questions());
}

} // namespace

Said inChild(const std::function<int()>& what) {
    const TemporaryFolder streams;
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0)
        runChild(what, streams.path());
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            textOf(streams.path() / "out"), textOf(streams.path() / "err")};
}

Said runInside(const std::vector<std::string>& arguments, const std::string& folder) {
    (void)sharedCache(); // made, and removed, by the test and not by the child
    return inChild([&] { return runProgram(arguments, folder); });
}

} // namespace residuum::test
