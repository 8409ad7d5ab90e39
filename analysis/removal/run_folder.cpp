#include "analysis/removal/run_folder.h"

#include "core/store/writing.h"
#include "core/task/error.h"
#include "core/text/whole_number.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr char stem[] = "step-", lockFile[] = ".lock";

/// Released by the system when the process ends, however it does.
int takeLock(const fs::path& folder) {
    const auto file = folder / lockFile;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        throw Error(folder.string(), std::string("cannot be written to: ") + std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;
    const int why = errno;
    ::close(descriptor);
    if (why == EWOULDBLOCK)
        throw Error(folder.string(), "has a run going on; wait for it, stop it, or name another "
                                     "folder");
    return -1; // a file system without locks is no reason to fail
}

/// What processes that were killed while they wrote have left.
void removeUnfinished(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::path> unfinished;
    for (const auto& entry : fs::directory_iterator(folder, failed))
        if (isTemporaryName(entry.path().filename().string()))
            unfinished.push_back(entry.path());
    for (const auto& path : unfinished)
        fs::remove_all(path, failed);
}

} // namespace

RunFolder::RunFolder(const fs::path& folder, bool resume) : folder_(folder) {
    std::error_code failed;
    made_ = fs::create_directories(folder_, failed);
    if (failed)
        throw Error(folder_.string(), "cannot be made: " + failed.message());
    lock_ = takeLock(folder_);
    if (lock_ >= 0)
        for (const auto& place : {folder_, folder_ / "checkpoints"})
            removeUnfinished(place);
    const bool begun = !checkpointSteps().empty();
    if (begun == resume)
        return;
    leave();
    if (begun)
        throw Error(folder_.string(), "has a run already; go on with it by --resume, or name "
                                      "another folder");
    throw Error(folder_.string(), "has no checkpoint to resume from; begin without --resume");
}

RunFolder::~RunFolder() {
    leave();
}

void RunFolder::leave() {
    std::error_code failed;
    if (checkpointSteps().empty() && !fs::exists(record(), failed))
        fs::remove_all(start(), failed);
    if (made_ && std::distance(fs::directory_iterator(folder_, failed), {}) == 1) {
        fs::remove(folder_ / lockFile, failed);
        fs::remove(folder_, failed);
    }
    if (lock_ >= 0)
        ::close(lock_);
}

fs::path RunFolder::checkpoint(int step) const {
    return folder_ / "checkpoints" / (stem + std::to_string(step));
}

std::vector<int> RunFolder::checkpointSteps() const {
    std::vector<int> steps;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder_ / "checkpoints", missing)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(stem))
            continue;
        if (const auto step = parseWholeNumber(std::string_view(name).substr(sizeof stem - 1)))
            steps.push_back(*step);
    }
    std::sort(steps.begin(), steps.end());
    return steps;
}

} // namespace residuum
