#include "core/task/error.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(Error, IsOneLineWithSubjectAndReason) {
    const Error error("a\nb.json", "has a tab\tand a bell\x07");
    EXPECT_STREQ(error.what(), "a\\nb.json: has a tab\\tand a bell\\x07");
    EXPECT_EQ(error.subject(), "a\\nb.json");
}

TEST(OneLine, ElidesInTheMiddleAtCharacterBoundaries) {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "ü";
    const auto line = oneLine(text, 101);
    EXPECT_LE(line.size(), 101u + 3u);
    EXPECT_NE(line.find("…"), std::string::npos);
    // Only whole characters: every byte pair of "ü", the mark aside.
    auto rest = line;
    rest.erase(rest.find("…"), std::string("…").size());
    EXPECT_EQ(rest.size() % 2, 0u);
    for (std::size_t i = 0; i < rest.size(); i += 2)
        EXPECT_EQ(rest.substr(i, 2), "ü");
}

TEST(OneLine, KeepsShortText) {
    EXPECT_EQ(oneLine("short"), "short");
}

} // namespace
} // namespace residuum
