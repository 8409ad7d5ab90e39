#include "core/store/compression.h"

#include "core/store/hdf5_reader.h"
#include "support/paths.h"

#include <gmock/gmock.h>
#include <random>

namespace residuum {
namespace {

std::vector<double> noise(std::size_t count) {
    std::mt19937_64 random(7);
    std::normal_distribution<float> normal;
    std::vector<double> values(count);
    for (auto& value : values)
        value = normal(random);
    return values;
}

TEST(Compression, PaysForPaddingAndIntegersNotForNoise) {
    EXPECT_FALSE(compressionPays(noise(100'000), StoredNumber::Float32));
    EXPECT_TRUE(compressionPays(std::vector<double>(100'000, 0.25), StoredNumber::Float32));
    std::vector<double> ids(100'000);
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = static_cast<double>(i % 5000);
    EXPECT_TRUE(compressionPays(ids, StoredNumber::Int32));
    EXPECT_FALSE(compressionPays(std::vector<double>(100, 0.0), StoredNumber::Float32));
}

TEST(Compression, ChunksAreWholeRowsOfAtMostAMebibyte) {
    EXPECT_THAT(chunkShape({10, 20}, 4), ::testing::ElementsAre(10, 20));
    EXPECT_THAT(chunkShape({1000, 1024}, 4), ::testing::ElementsAre(256, 1024));
    EXPECT_THAT(chunkShape({3, 4000, 1024}, 8), ::testing::ElementsAre(1, 128, 1024));
    EXPECT_THAT(chunkShape({5, 2'000'000}, 4), ::testing::ElementsAre(1, 262'144));
}

TEST(Compression, LosesNothingAndShrinksTheFile) {
    const test::TemporaryFolder folder;
    const auto write = [&](const char* name, const std::vector<double>& values) {
        Hdf5Writer writer(folder.path() / name);
        const auto row = writer.axis("/row", 200), column = writer.axis("/column", 1500);
        writer.dataset("/values", StoredNumber::Float32, {row, column}, values);
        writer.commit();
        return Hdf5Reader(folder.path() / name).numbers("/values").values;
    };
    auto padded = noise(300'000);
    std::fill(padded.begin() + 50'000, padded.end(), 0.0);
    EXPECT_EQ(write("padded.h5", padded), padded);
    EXPECT_EQ(write("noise.h5", noise(300'000)), noise(300'000));
    EXPECT_LT(std::filesystem::file_size(folder.path() / "padded.h5"),
              std::filesystem::file_size(folder.path() / "noise.h5") / 2);
}

} // namespace
} // namespace residuum
