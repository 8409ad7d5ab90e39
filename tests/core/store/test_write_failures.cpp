// A disk that is full, stood in for by a limit on the size of files.
#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <csignal>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;

void writeResult(const fs::path& file, std::size_t numbers) {
    Hdf5Writer writer(file);
    const auto row = writer.axis("/row", static_cast<std::int64_t>(numbers));
    std::vector<double> values(numbers);
    for (std::size_t i = 0; i < numbers; ++i)
        values[i] = 1.0 / static_cast<double>(i + 3);
    writer.dataset("/values", StoredNumber::Float64, {row}, values);
    writer.commit();
}

/// In a child, because the limit cannot be raised again; returns its exit status.
int inChildWithLimit(rlim_t bytes, const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::exit(body()); // with HDF5's own clean-up, which must survive too
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(FullDisk, IsSaidInWordsAndNothingIsLost) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "r.h5";
    writeResult(file, 10);
    for (const rlim_t limit : {rlim_t{0}, rlim_t{100}, rlim_t{3000}, rlim_t{200'000}}) {
        const int status = inChildWithLimit(limit, [&] {
            try {
                writeResult(file, 100'000);
                return 1;
            } catch (const Error& error) {
                return error.subject() == file.string() ? 42 : 2;
            }
        });
        EXPECT_EQ(status, 42) << "limit " << limit;
        EXPECT_EQ(Hdf5Reader(file).numbers("/values").values.size(), 10u);
        EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "limit " << limit;
    }
}

TEST(FullDisk, SpaceForALargeFileIsAskedForFirst) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "large.h5";
    const auto available = fs::space(folder.path()).available;
    try {
        const Hdf5Writer writer(file, 2 * available + (std::uint64_t{1} << 40U));
        GTEST_SKIP() << "this file system reserves no space";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("MiB, which cannot be reserved"));
    }
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Hdf5Writer, LargeFilesAreWrittenInPlaceAndSealed) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "large.h5";
    {
        Hdf5Writer writer(file, std::uint64_t{300} << 20U); // expected so, to take that way
        const auto row = writer.axis("/row", 5);
        writer.dataset("/values", StoredNumber::Float32, {row}, std::vector<double>(5, 2.5));
        writer.commit();
    }
    const Hdf5Reader reader(file);
    EXPECT_TRUE(reader.sealed());
    EXPECT_EQ(reader.numbers("/values").values, std::vector<double>(5, 2.5));
    EXPECT_LT(fs::file_size(file), 100'000u);
}

} // namespace
} // namespace residuum
