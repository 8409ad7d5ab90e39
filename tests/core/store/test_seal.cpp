#include "core/store/seal.h"

#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"
#include "support/paths.h"

#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <sys/file.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;

class SealTest : public ::testing::Test {
  protected:
    fs::path written() {
        const auto file = folder_.path() / "r.h5";
        Hdf5Writer writer(file);
        const auto row = writer.axis("/row", 100);
        writer.dataset("/values", StoredNumber::Float32, {row}, std::vector<double>(100, 1.5));
        writer.commit();
        return file;
    }

    static std::string bytesOf(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    static std::string reasonFor(const fs::path& file) {
        try {
            checkSeal(file);
        } catch (const Error& error) {
            EXPECT_EQ(error.subject(), file.string());
            return error.reason();
        }
        return "";
    }

    test::TemporaryFolder folder_;
};

TEST_F(SealTest, EveryWrittenFileIsSealedAndStillHdf5) {
    const auto file = written();
    EXPECT_EQ(checkSeal(file), Seal::Whole);
    const Hdf5Reader reader(file);
    EXPECT_TRUE(reader.sealed());
    EXPECT_EQ(reader.numbers("/values").values[99], 1.5);
}

TEST_F(SealTest, AnyChangedByteAndAnyCutIsNoticed) {
    const auto file = written();
    const auto bytes = bytesOf(file);
    for (std::size_t at = 0; at < bytes.size(); at += 37) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        std::ofstream(file, std::ios::binary) << changed;
        EXPECT_NE(reasonFor(file), "") << "byte " << at;
    }
    for (const std::size_t length : {std::size_t{1}, std::size_t{511}, bytes.size() - 1}) {
        std::ofstream(file, std::ios::binary) << bytes.substr(0, length);
        EXPECT_NE(reasonFor(file), "") << "length " << length;
    }
    std::ofstream(file, std::ios::binary) << bytes << 'x';
    EXPECT_THAT(reasonFor(file), ::testing::HasSubstr("is damaged"));
}

TEST_F(SealTest, SaysWhatIsNoResultFile) {
    EXPECT_THAT(reasonFor(folder_.path() / "missing.h5"), ::testing::HasSubstr("cannot be read"));
    EXPECT_THAT(reasonFor(folder_.path()), ::testing::HasSubstr("is a folder"));
    EXPECT_THAT(reasonFor("/dev/null"), ::testing::HasSubstr("is no regular file"));
    const auto file = folder_.path() / "x";
    std::ofstream(file).flush();
    EXPECT_THAT(reasonFor(file), ::testing::HasSubstr("is empty"));
    std::ofstream(file) << std::string(2000, 'x');
    EXPECT_THAT(reasonFor(file), ::testing::HasSubstr("is no result file"));
}

TEST_F(SealTest, AFileHeldByAWriterIsInUseNotDamaged) {
    const auto file = written();
    const int holder = ::open(file.c_str(), O_RDWR);
    ASSERT_EQ(::flock(holder, LOCK_EX), 0);
    EXPECT_THROW(checkSeal(file), FileInUse);
    ::close(holder);
    EXPECT_EQ(checkSeal(file), Seal::Whole);
}

} // namespace
} // namespace residuum
