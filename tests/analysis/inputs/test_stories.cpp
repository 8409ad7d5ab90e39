// The stories that small models are trained on.
#include "analysis/inputs/stories.h"

#include <gmock/gmock.h>

#include <set>

namespace residuum::test {
namespace {

std::string stories(std::uint64_t seed, int count) {
    const auto next = storyGenerator(seed);
    std::string all;
    for (int i = 0; i < count; ++i)
        all += next() + "\n";
    return all;
}

TEST(Stories, AreTheSameForTheSameSeed) {
    EXPECT_EQ(stories(3, 20), stories(3, 20));
    EXPECT_NE(stories(3, 20), stories(4, 20));
}

TEST(Stories, HaveAllThatTheDemosAsk) {
    const auto all = stories(1, 2000);
    for (const char* part : {" gave a ", "lasted from the year ", "\" said ", " were ",
                             " near the ", "Words: ", " cost ", " At home, ", "Then, "})
        EXPECT_THAT(all, ::testing::HasSubstr(part)) << part;
    for (const char letter : {'B', 'D', 'F', 'O', 'R', 'V', 'X'}) // placeholders are replaced
        EXPECT_THAT(all, ::testing::Not(::testing::HasSubstr(std::string(" ") + letter + " ")));
}

TEST(Stories, DoNotRepeatThemselves) {
    const auto next = storyGenerator(5);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(next());
    EXPECT_EQ(seen.size(), 1000U);
}

} // namespace
} // namespace residuum::test
