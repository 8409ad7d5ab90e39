// Texts as sequences to train on.
#include "removal_setup.h"

#include "core/task/error.h"

#include <algorithm>
#include <set>

namespace residuum::test {
namespace {

class Text : public ::testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, const std::string& content) {
        writeText(folder_.path() / name, content);
        return folder_.path() / name;
    }
    TemporaryFolder folder_;
};

TEST_F(Text, DocumentsAreJoinedByTheEndOfATextAndCut) {
    const auto file = write("a.jsonl", "{\"input_ids\": [1, 2, 3]}\n{\"input_ids\": [4, 5]}\n"
                                       "{\"input_ids\": [6]}\n");
    const auto text = readText(file, {nullptr, 17, 16, 4});
    EXPECT_EQ(text.from(0, 2), (std::vector<std::int32_t>{1, 2, 3, 16, 4, 5, 16, 6}));
    EXPECT_EQ(text.sequences(), 2);
    EXPECT_EQ(text.from(1)[3], 6);
    EXPECT_EQ(text.sha256.size(), 64U);
}

TEST_F(Text, TheRestOf512DocumentsIsLeftOut) {
    std::string lines;
    for (int i = 0; i < 600; ++i)
        lines += "{\"input_ids\": [" + std::to_string(i % 16) + "]}\n";
    const auto text = readText(write("a.jsonl", lines), {nullptr, 17, 16, 10});
    // 1,024 tokens make 102 sequences, 176 make 17.
    EXPECT_EQ(text.sequences(), 119);
    EXPECT_EQ(text.from(102)[0], 512 % 16);
}

TEST_F(Text, IdsAreCutAsTheyAre) {
    const auto text = readText(randomIds(folder_.path() / "a.bin", 83), {nullptr, 17, -1, 10});
    EXPECT_EQ(text.sequences(), 8);
}

TEST_F(Text, WhatCannotBeUsedIsSaid) {
    EXPECT_THROW(readText(randomIds(folder_.path() / "a.bin", 9), {nullptr, 17, 16, 10}), Error);
    EXPECT_THROW(readText(randomIds(folder_.path() / "b.bin", 90), {nullptr, 12, 16, 10}), Error);
    const auto documents = write("a.jsonl", "{\"input_ids\": [1, 2, 3]}\n");
    EXPECT_THROW(readText(documents, {nullptr, 17, -1, 2}), Error);
}

TEST(SequenceOrder, GoesThroughAllBeforeItBeginsAgain) {
    SequenceOrder file(5, false, 1), one(50, true, 1), same(50, true, 1), other(50, true, 2);
    EXPECT_EQ(file.at(3), 3);
    EXPECT_EQ(file.at(12), 2);
    std::vector<std::int64_t> rounds[2], others;
    for (int i = 0; i < 100; ++i) {
        rounds[i / 50].push_back(one.at(i));
        EXPECT_EQ(same.at(i), rounds[i / 50].back());
        if (i < 50)
            others.push_back(other.at(i));
    }
    EXPECT_EQ(one.at(7), rounds[0][7]); // back in an earlier round
    EXPECT_NE(rounds[0], rounds[1]);
    EXPECT_NE(rounds[0], others);
    for (const auto& round : rounds)
        EXPECT_EQ(std::set<std::int64_t>(round.begin(), round.end()).size(), 50U);
}

} // namespace
} // namespace residuum::test
