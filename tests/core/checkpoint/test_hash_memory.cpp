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
        age();
    }

    fs::path model() const { return folder_.path() / "mödel 1"; }
    fs::path weights() const { return model() / "model.safetensors"; }
    /// Weights that were written just now might be written again within the same clock tick.
    void age() const {
        fs::last_write_time(weights(), fs::last_write_time(weights()) - std::chrono::hours(1));
    }

    /// How many steps the opening took: a pass over the weights has some, memory has none.
    std::string hash(bool& passed) const {
        passed = false;
        Progress progress(
            {},
            [&](const ProgressReport& report) {
                passed = passed || report.stage == "reading weights";
            },
            std::chrono::milliseconds(0));
        return openCheckpoint(model(), progress, &memory_).weightsHash;
    }

    test::TemporaryFolder folder_;
    HashMemory memory_{folder_.path() / "memory"};
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
    age();
    EXPECT_NE(hash(passed), first);
    EXPECT_TRUE(passed);
}

TEST_F(HashMemoryTest, FilesChangedJustNowAreNotRemembered) {
    fs::last_write_time(weights(), fs::file_time_type::clock::now());
    bool passed = false;
    hash(passed);
    hash(passed);
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
