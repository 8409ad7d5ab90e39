#include "core/store/atomic_folder.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using ::testing::HasSubstr;

void replaceAnything(const fs::path& /*existing*/) {}
void replaceNothing(const fs::path& existing) {
    throw Error(existing.string(), "is to stay");
}

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void add(const AtomicFolder& folder, const std::string& name, const std::string& text) {
    FolderFile file(folder, name, text.size());
    file.write(text);
    file.finish();
}

std::string textOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string refusalOf(const fs::path& target,
                      const AtomicFolder::RequireReplaceable& replaceable = replaceNothing) {
    try {
        const AtomicFolder folder(target, replaceable);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(AtomicFolder, AppearsOnCommitOnly) {
    const TemporaryFolder above;
    const auto target = above.path() / "a b ü";
    {
        const AtomicFolder folder(target, replaceNothing);
        add(folder, "one", "half");
        EXPECT_FALSE(fs::exists(target));
    }
    EXPECT_EQ(entries(above.path()), 0u) << "an abandoned folder was left behind";
    {
        AtomicFolder folder(target, replaceNothing);
        add(folder, "one", "whole");
        folder.commit();
    }
    EXPECT_EQ(textOf(target / "one"), "whole");
    EXPECT_EQ(entries(above.path()), 1u);
}

TEST(AtomicFolder, TakesThePlaceOfAnEmptyFolder) {
    const TemporaryFolder above;
    fs::create_directory(above.path() / "empty");
    AtomicFolder folder((above.path() / "empty/").string(), replaceNothing);
    add(folder, "one", "1");
    folder.commit();
    EXPECT_EQ(textOf(above.path() / "empty/one"), "1");
    EXPECT_EQ(entries(above.path()), 1u);
}

TEST(AtomicFolder, ReplacesAsAWholeWhatMayBeReplaced) {
    const TemporaryFolder above;
    const auto target = above.path() / "model";
    fs::create_directory(target);
    std::ofstream(target / "old") << "old";
    EXPECT_THAT(refusalOf(target), HasSubstr("is to stay"));
    fs::create_directory_symlink(target, above.path() / "link");
    {
        AtomicFolder folder(above.path() / "link", replaceAnything);
        add(folder, "new", "new");
        EXPECT_EQ(textOf(target / "old"), "old");
        folder.commit();
    }
    EXPECT_FALSE(fs::exists(target / "old"));
    EXPECT_EQ(textOf(target / "new"), "new");
    EXPECT_EQ(entries(above.path()), 2u);
}

TEST(AtomicFolder, AsksAgainBeforeItReplaces) {
    const TemporaryFolder above;
    const auto target = above.path() / "model";
    {
        AtomicFolder folder(target, replaceNothing);
        add(folder, "new", "new");
        fs::create_directory(target); // by another program, meanwhile
        std::ofstream(target / "other") << "other";
        EXPECT_THROW(folder.commit(), Error);
    }
    EXPECT_EQ(textOf(target / "other"), "other");
    EXPECT_EQ(entries(above.path()), 1u);
}

TEST(AtomicFolder, MakesTheFoldersAboveAndTakesThemBack) {
    const TemporaryFolder above;
    const auto target = above.path() / "a/b/c";
    { const AtomicFolder folder(target, replaceNothing); }
    EXPECT_EQ(entries(above.path()), 0u);
    AtomicFolder folder(target, replaceNothing);
    folder.commit();
    EXPECT_TRUE(fs::is_directory(target));
}

TEST(AtomicFolder, RefusesWhatIsNoPlaceForAFolder) {
    const TemporaryFolder above;
    std::ofstream(above.path() / "file") << "text";
    EXPECT_THAT(refusalOf(above.path() / "file"), HasSubstr("is a file"));
    EXPECT_THAT(refusalOf(above.path() / "file/below"), HasSubstr("cannot be made in"));
    EXPECT_THAT(refusalOf("", replaceAnything), HasSubstr("name another"));
    EXPECT_THAT(refusalOf(".", replaceAnything), HasSubstr("is the folder you are in"));
    EXPECT_THAT(refusalOf("/proc", replaceAnything), HasSubstr("name a folder in it"));
    EXPECT_THAT(refusalOf("/proc/none/model"), HasSubstr("cannot be made in"));
    EXPECT_EQ(textOf(above.path() / "file"), "text");
    EXPECT_EQ(entries(above.path()), 1u);
}

/// A full disk, stood in for by a limit on the size of files, in a child.
TEST(AtomicFolder, AFullDiskLeavesNothing) {
    const TemporaryFolder above;
    const auto target = above.path() / "made/model";
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        try {
            AtomicFolder folder(target, replaceNothing);
            add(folder, "small", "1");
            FolderFile file(folder, "large");
            file.write(std::string(10'000, 'x'));
        } catch (const Error& error) {
            ::_exit(error.subject() == (target / "large").string() ? 42 : 2);
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 42);
    EXPECT_EQ(entries(above.path()), 0u);
}

} // namespace
} // namespace residuum
