#include "core/store/atomic_file.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(AtomicFile, AppearsOnCommitOnly) {
    const test::TemporaryFolder folder;
    const auto target = folder.path() / "a b ü";
    {
        const AtomicFile file(target);
        std::ofstream(file.temporary()) << "half";
        EXPECT_FALSE(fs::exists(target));
    }
    EXPECT_EQ(entries(folder.path()), 0u) << "an abandoned file was left behind";
    {
        AtomicFile file(target);
        std::ofstream(file.temporary()) << "whole";
        file.commit();
    }
    EXPECT_EQ(fs::file_size(target), 5u);
    EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(AtomicFile, RefusesAFolderAndAMissingOne) {
    const test::TemporaryFolder folder;
    EXPECT_THROW(AtomicFile(folder.path()), Error);
    EXPECT_THROW(AtomicFile(folder.path() / "missing" / "file"), Error);
}

TEST(AtomicFile, HasTheUsersPermissionsAndLeavesTheMaskAlone) {
    const test::TemporaryFolder folder;
    const auto usual = ::umask(0027);
    std::atomic<bool> stop{false};
    std::atomic<int> open{0};
    {
        // Other threads make files meanwhile: none may get more rights than the mask grants.
        const std::jthread other([&] {
            for (int i = 0; !stop; ++i) {
                const auto path = folder.path() / std::to_string(i);
                const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0666);
                struct stat status {};
                ::fstat(descriptor, &status);
                open += (status.st_mode & 0777) != 0640;
                ::close(descriptor);
                ::unlink(path.c_str());
            }
        });
        for (int i = 0; i < 2000; ++i)
            const AtomicFile file(folder.path() / "target");
        stop = true;
    }
    AtomicFile file(folder.path() / "target");
    file.commit();
    ::umask(usual);
    EXPECT_EQ(open, 0);
    EXPECT_EQ(fs::status(folder.path() / "target").permissions(), fs::perms(0640));
}

TEST(AtomicFile, TakesTheLongestPossibleName) {
    const test::TemporaryFolder folder;
    AtomicFile file(folder.path() / std::string(255, 'x'));
    file.commit();
    EXPECT_EQ(entries(folder.path()), 1u);
}

} // namespace
} // namespace residuum
