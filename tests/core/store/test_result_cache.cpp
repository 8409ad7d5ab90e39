#include "core/store/result_cache.h"

#include "core/store/hdf5_writer.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <fstream>
#include <gmock/gmock.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ResultCacheTest : public ::testing::Test {
  protected:
    ResultCache cache(std::uint64_t maximum = 1 << 30) const {
        return ResultCache({folder_.path() / "c ä", maximum});
    }

    static void put(ResultCache& cache, const std::string& key, const std::string& inside = "") {
        Hdf5Writer writer(cache.place(key));
        writer.attribute("/", "key", inside.empty() ? key : inside);
        writer.commit();
        cache.stored(key);
    }

    static void used(const ResultCache& cache, const std::string& key, int secondsAgo) {
        fs::last_write_time(cache.place(key),
                            fs::file_time_type::clock::now() - std::chrono::seconds(secondsAgo));
    }

    std::string log() const {
        std::ifstream stream(folder_.path() / "c ä" / "log.txt");
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    test::TemporaryFolder folder_;
    Progress progress_;
};

TEST_F(ResultCacheTest, FindsWhatWasStored) {
    auto store = cache();
    EXPECT_EQ(store.find("aa"), std::nullopt);
    EXPECT_EQ(store.info().results, 0u);
    put(store, "aa");
    ASSERT_TRUE(store.find("aa"));
    EXPECT_TRUE(cache().find("aa"));
    EXPECT_EQ(store.info().results, 1u);
    EXPECT_GT(store.info().bytes, 512u);
}

TEST_F(ResultCacheTest, TheLeastRecentlyUsedGoFirst) {
    auto store = cache();
    for (const auto* key : {"a", "b", "c", "d"})
        put(store, key);
    used(store, "a", 400);
    used(store, "b", 300);
    used(store, "c", 200);
    used(store, "d", 100);
    ASSERT_TRUE(store.find("a")); // and is the most recent one now
    const auto each = store.info().bytes / 4;
    const auto pruned = store.prune(2 * each);
    EXPECT_EQ(pruned.removed, 2u);
    EXPECT_EQ(pruned.left.results, 2u);
    EXPECT_TRUE(store.find("a"));
    EXPECT_FALSE(store.find("b"));
    EXPECT_FALSE(store.find("c"));
    EXPECT_TRUE(store.find("d"));
}

TEST_F(ResultCacheTest, StaysBelowItsLimitByItself) {
    auto unlimited = cache();
    put(unlimited, "first");
    const auto each = unlimited.info().bytes;
    auto store = cache(5 * each);
    for (int i = 0; i < 20; ++i)
        put(store, "k" + std::to_string(i));
    EXPECT_LE(store.info().bytes, 5 * each);
    EXPECT_TRUE(store.find("k19"));
}

TEST_F(ResultCacheTest, VerifySetsAsideWhatIsNotWhatItsNameSays) {
    auto store = cache();
    put(store, "good");
    put(store, "renamed", "another");
    put(store, "cut");
    fs::resize_file(store.place("cut"), fs::file_size(store.place("cut")) - 7);
    std::ofstream(store.place("garbage")) << "no HDF5 at all";
    const auto leftover = store.place("x").parent_path() / ".residuum-abcdef";
    std::ofstream(leftover) << "half";
    fs::last_write_time(leftover, fs::file_time_type::clock::now() - std::chrono::hours(2));
    const auto check = store.verify(progress_);
    EXPECT_EQ(check.whole, 1u);
    EXPECT_EQ(check.setAside.size(), 3u);
    EXPECT_EQ(check.leftovers, 1u);
    EXPECT_FALSE(fs::exists(leftover));
    EXPECT_EQ(store.info().results, 1u);
    EXPECT_EQ(store.info().damaged, 3u);
    EXPECT_THAT(log(), HasSubstr("cut.h5 was set aside: is damaged"));
    EXPECT_THAT(log(), HasSubstr("renamed.h5 was set aside: is the result of another key"));
}

TEST_F(ResultCacheTest, AFolderThatCannotBeMadeIsSaidInWords) {
    std::ofstream(folder_.path() / "file") << "";
    const ResultCache store({folder_.path() / "file", 1000});
    EXPECT_EQ(store.find("k"), std::nullopt);
    EXPECT_EQ(store.info().results, 0u);
    try {
        store.place("k");
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot be made"));
    }
}

TEST(ByteSize, IsParsedStrictly) {
    EXPECT_EQ(parseByteSize("5G", "o"), std::uint64_t{5} << 30U);
    EXPECT_EQ(parseByteSize("1.5 MiB", "o"), std::uint64_t{3} << 19U);
    EXPECT_EQ(parseByteSize("1000", "o"), 1000u);
    EXPECT_EQ(parseByteSize("0", "o"), 0u);
    EXPECT_EQ(parseByteSize("12B", "o"), 12u);
    for (const auto* wrong : {"", "G", "-1", "5X", "1e400", "nan", "5GG", "999999999T"})
        EXPECT_THROW(parseByteSize(wrong, "o"), UsageError) << wrong;
}

} // namespace
} // namespace residuum
