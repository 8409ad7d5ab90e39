#include "core/store/atomic_file.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <fstream>
#include <iterator>

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

TEST(AtomicFile, TakesTheLongestPossibleName) {
    const test::TemporaryFolder folder;
    AtomicFile file(folder.path() / std::string(255, 'x'));
    file.commit();
    EXPECT_EQ(entries(folder.path()), 1u);
}

} // namespace
} // namespace residuum
