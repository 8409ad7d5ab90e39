#include "core/checkpoint/hash_memory.h"

#include "core/checkpoint/checkpoint.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <chrono>
#include <fstream>
#include <gtest/gtest.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;

class HashMemoryTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::writeSyntheticGpt2(model(), test::syntheticConfig(2, 2, 16, 60, 16), 1);
    }

    fs::path model() const { return folder_.path() / "mödel 1"; }
    fs::path weights() const { return model() / "model.safetensors"; }
    /// Whether the opening took a pass over the weights: where memory knows them it has none.
    std::string hash(bool& passed) const { return hash(passed, memory_); }
    std::string hash(bool& passed, const HashMemory& memory) const {
        passed = false;
        Progress progress(
            {},
            [&](const ProgressReport& report) {
                passed = passed || report.stage == "reading weights";
            },
            std::chrono::milliseconds(0));
        return openCheckpoint(model(), progress, &memory).weightsHash;
    }

    test::TemporaryFolder folder_;
    /// Believes files however fresh: what is tested would take two seconds otherwise.
    HashMemory memory_{folder_.path() / "memory", std::chrono::seconds(0)};
};

TEST_F(HashMemoryTest, UnchangedFilesAreNotHashedAgain) {
    bool passed = false;
    const auto first = hash(passed);
    EXPECT_TRUE(passed);
    EXPECT_EQ(hash(passed), first);
    EXPECT_FALSE(passed);
}

TEST_F(HashMemoryTest, ChangedFilesAreHashedAgain) {
    bool passed = false;
    const auto first = hash(passed);
    {
        std::fstream stream(weights(), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(-3, std::ios::end);
        stream.put('\x21');
    }
    EXPECT_NE(hash(passed), first);
    EXPECT_TRUE(passed);
}

TEST_F(HashMemoryTest, ATimeThatIsPutBackDoesNotHideOtherBytes) {
    bool passed = false;
    const auto time = fs::last_write_time(weights()) - std::chrono::hours(1);
    fs::last_write_time(weights(), time);
    const auto first = hash(passed);
    {
        std::fstream stream(weights(), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(-3, std::ios::end);
        stream.put('\x21');
    }
    fs::last_write_time(weights(), time);
    const auto second = hash(passed);
    EXPECT_NE(second, first);
    EXPECT_TRUE(passed);
    EXPECT_EQ(hash(passed), second);
    EXPECT_FALSE(passed);
}

TEST_F(HashMemoryTest, FilesChangedJustNowAreNotRemembered) {
    const HashMemory careful(folder_.path() / "memory", std::chrono::hours(1));
    // The system's own time of the change counts, whatever the file says.
    fs::last_write_time(weights(), fs::last_write_time(weights()) - std::chrono::hours(2));
    bool passed = false;
    hash(passed, careful);
    hash(passed, careful);
    EXPECT_TRUE(passed);
}

TEST_F(HashMemoryTest, DamagedMemoryIsNotBelieved) {
    bool passed = false;
    const auto first = hash(passed);
    for (const auto& entry : fs::directory_iterator(folder_.path() / "memory")) {
        std::fstream stream(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(-40, std::ios::end); // within the hash
        stream.put('x');
    }
    EXPECT_EQ(hash(passed), first);
    EXPECT_TRUE(passed);
}

} // namespace
} // namespace residuum
