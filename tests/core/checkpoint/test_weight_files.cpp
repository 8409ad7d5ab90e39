// Files that other programs change while they are mapped.
#include "refusal.h"

#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/weight_files.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

void rewrite(const fs::path& file, std::size_t from, std::size_t count) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(from));
    stream << std::string(count, '\x11');
}

class MappedFileTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::ofstream(path(), std::ios::binary) << std::string(pages * pageBytes, 'a');
    }
    fs::path path() const { return folder_.path() / "weights"; }

    static constexpr std::size_t pages = 64;
    const std::size_t pageBytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    TemporaryFolder folder_;
};

TEST_F(MappedFileTest, CutShortItReadsAsZerosAndIsRefused) {
    const auto file = checkpoint::MappedFile::open(path());
    fs::resize_file(path(), 8 * pageBytes);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            std::size_t letters = 0;
            for (const auto byte : file->bytes())
                letters += byte == std::byte{'a'};
            EXPECT_EQ(letters, 8 * pageBytes);
        });
    threads.clear();
    EXPECT_THAT(refusal([&] { file->requireUnchanged(); }),
                AllOf(HasSubstr(path().string()), HasSubstr("cut short")));
    // Nor does it help that the bytes come back: what was read in between was not there.
    std::ofstream(path(), std::ios::binary) << std::string(pages * pageBytes, 'a');
    EXPECT_THAT(refusal([&] { (void)file->current(); }), HasSubstr("cut short"));
}

TEST_F(MappedFileTest, ARangeThatIsUsedAgainBeginsAnew) {
    for (int round = 0; round < 3; ++round) {
        const auto file = checkpoint::MappedFile::open(path());
        EXPECT_NO_THROW(file->requireUnchanged());
        fs::resize_file(path(), pageBytes);
        EXPECT_EQ(file->bytes().back(), std::byte{0});
        EXPECT_THROW(file->requireUnchanged(), Error);
        std::ofstream(path(), std::ios::binary) << std::string(pages * pageBytes, 'a');
    }
}

TEST_F(MappedFileTest, FaultsElsewhereEndTheProgramAsBefore) {
    const auto file = checkpoint::MappedFile::open(path());
    const auto other = folder_.path() / "other";
    std::ofstream(other, std::ios::binary) << std::string(2 * pageBytes, 'b');
    const auto readCutShort = [&] {
        const int descriptor = ::open(other.c_str(), O_RDONLY);
        const void* data = ::mmap(nullptr, 2 * pageBytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
        fs::resize_file(other, 1);
        std::_Exit(static_cast<const volatile char*>(data)[pageBytes]);
    };
    EXPECT_DEATH(readCutShort(), "");
    EXPECT_DEATH(::raise(SIGBUS), "");
}

class OpenCheckpoint : public ::testing::Test {
  protected:
    void SetUp() override { writeSyntheticGpt2(folder_.path(), smallConfig(), 1); }
    fs::path path() const { return folder_.path() / "model.safetensors"; }
    std::size_t size() const { return static_cast<std::size_t>(fs::file_size(path())); }

    TemporaryFolder folder_;
};

TEST_F(OpenCheckpoint, RewrittenInPlaceIsRefused) {
    const auto checkpoint = open(folder_.path());
    checkpoint.files->requireUnchanged();
    rewrite(path(), size() - 8, 4);
    EXPECT_THAT(refusal([&] { checkpoint.files->requireUnchanged(); }),
                AllOf(HasSubstr("model.safetensors"), HasSubstr("was changed")));
}

TEST_F(OpenCheckpoint, RewrittenWithItsTimePutBackIsRefused) {
    const auto time = fs::last_write_time(path());
    const auto checkpoint = open(folder_.path());
    rewrite(path(), size() - 8, 4);
    fs::last_write_time(path(), time);
    EXPECT_THAT(refusal([&] { checkpoint.files->requireUnchanged(); }), HasSubstr("was changed"));
}

TEST_F(OpenCheckpoint, TheSameBytesWithOtherPropertiesAreGood) {
    const auto checkpoint = open(folder_.path());
    fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_hard_link(path(), folder_.path() / "link");
    EXPECT_NO_THROW(checkpoint.files->requireUnchanged());
    fs::rename(path(), folder_.path() / "renamed");
    EXPECT_NO_THROW(checkpoint.files->requireUnchanged());
}

TEST_F(OpenCheckpoint, AnotherFileInItsPlaceLeavesTheMappedOneAsItWas) {
    const auto checkpoint = open(folder_.path());
    const auto embedding = checkpoint.tensors.find("wte.weight")->second.bytes;
    const std::vector<std::byte> before(embedding.begin(), embedding.end());
    TemporaryFolder other;
    writeSyntheticGpt2(other.path(), smallConfig(), 2);
    fs::copy_file(other.path() / "model.safetensors", folder_.path() / "new");
    fs::rename(folder_.path() / "new", path());
    EXPECT_NO_THROW(checkpoint.files->requireUnchanged());
    EXPECT_TRUE(std::equal(before.begin(), before.end(), embedding.begin()));
    EXPECT_NE(open(folder_.path()).weightsHash, checkpoint.weightsHash);
}

TEST_F(OpenCheckpoint, CutShortWhileItIsHashedIsRefusedInASentence) {
    // From the second thread's point of view: the progress report comes between two tensors.
    bool cut = false;
    Progress progress(
        {},
        [&](const ProgressReport& report) {
            if (report.stage == "reading weights" && !std::exchange(cut, true))
                fs::resize_file(path(), 4096);
        },
        std::chrono::milliseconds(0));
    EXPECT_THAT(refusal([&] { (void)openCheckpoint(folder_.path(), progress); }),
                HasSubstr("cut short"));
    EXPECT_TRUE(cut);
}

} // namespace
} // namespace residuum::test
