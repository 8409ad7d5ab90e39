#include "analysis/prompts/dataset.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <gmock/gmock.h>

#include <fstream>

namespace residuum {
namespace {

class DatasetTest : public ::testing::Test {
  protected:
    DatasetRequest write(const std::string& name, const std::string& content) {
        DatasetRequest request;
        request.file = folder_.path() / name;
        std::ofstream(request.file, std::ios::binary) << content;
        return request;
    }

    TokenInput read(const DatasetRequest& request) {
        Progress progress;
        return readDataset(request, tokenizer_.get(), 128, 1024, progress);
    }

    std::string text(const TokenSequence& sequence) { return tokenizer_->decode(sequence.tokens); }

    test::TemporaryFolder folder_;
    std::shared_ptr<const Tokenizer> tokenizer_ =
        Tokenizer::open(test::resources() / "demo/original");
};

TEST_F(DatasetTest, TextIsSplitAtEndOfText) {
    const auto input =
        read(write("a.txt", "Mary went.<|endoftext|>The book\n<|endoftext|>\n<|endoftext|> John"));
    ASSERT_EQ(input.sequences.size(), 3u);
    EXPECT_EQ(text(input.sequences[0]), "Mary went.");
    EXPECT_EQ(text(input.sequences[1]), "The book\n");
    EXPECT_EQ(text(input.sequences[2]), " John");
    EXPECT_FALSE(input.sequences[0].following);
}

TEST_F(DatasetTest, SeparatorsAcrossChunksAreFound) {
    // Chunks are 4 MiB: put a separator across their border at every offset of its length.
    const std::string mark = "<|endoftext|>";
    for (std::size_t before = 0; before <= mark.size(); ++before) {
        std::string content(4u << 20, '\n');
        content.replace(0, 4, "Mary");
        content.resize(content.size() - before);
        const auto input = read(write("a.txt", content + mark + "John"));
        ASSERT_EQ(input.sequences.size(), 2u) << before;
        EXPECT_EQ(text(input.sequences[1]), "John");
    }
}

TEST_F(DatasetTest, SequencesAreCutAndKeepTheFollowingToken) {
    auto request = write("a.txt", "Mary went to the store");
    request.length = 3;
    const auto whole = tokenizer_->encode("Mary went to the store");
    const auto cut = read(request).sequences.at(0);
    EXPECT_EQ(cut.tokens, std::vector<TokenId>(whole.begin(), whole.begin() + 3));
    EXPECT_EQ(cut.following, whole[3]);
    request.prependEndOfText = true;
    const auto with = read(request).sequences.at(0);
    EXPECT_EQ(with.tokens.size(), 3u);
    EXPECT_EQ(with.tokens[0], tokenizer_->endOfText());
    EXPECT_EQ(with.following, whole[2]);
}

TEST_F(DatasetTest, JsonLinesTakeTextOrIds) {
    const auto input = read(write("a.jsonl", "{\"text\": \" Mary\"}\n\n{\"input_ids\": [3, 4]}\n"));
    ASSERT_EQ(input.sequences.size(), 2u);
    EXPECT_EQ(text(input.sequences[0]), " Mary");
    EXPECT_EQ(input.sequences[1].tokens, (std::vector{TokenId(3), TokenId(4)}));
}

TEST_F(DatasetTest, BinaryIsCutIntoBlocks) {
    auto request = write("a.bin", std::string("\1\0\2\0\3\0\xff\3\5\0", 10));
    request.length = 2;
    const auto input = read(request);
    ASSERT_EQ(input.sequences.size(), 3u);
    EXPECT_EQ(input.sequences[0].tokens, (std::vector{TokenId(1), TokenId(2)}));
    EXPECT_EQ(input.sequences[0].following, TokenId(3));
    EXPECT_EQ(input.sequences[1].tokens, (std::vector{TokenId(3), TokenId(1023)}));
    EXPECT_EQ(input.sequences[2].tokens, (std::vector{TokenId(5)}));
    EXPECT_FALSE(input.sequences[2].following);
}

TEST_F(DatasetTest, SeedShufflesRepeatablyAndFirstNAreTaken) {
    std::string lines;
    for (int i = 0; i < 50; ++i)
        lines += "{\"input_ids\": [" + std::to_string(i) + "]}\n";
    auto request = write("a.jsonl", lines);
    request.sequences = 10;
    EXPECT_EQ(read(request).sequences[3].tokens[0], TokenId(3));
    request.seed = 4;
    const auto shuffled = read(request);
    EXPECT_EQ(shuffled.sequences.size(), 10u);
    EXPECT_EQ(read(request), shuffled);
    request.seed = 5;
    EXPECT_NE(read(request), shuffled);
}

TEST_F(DatasetTest, WrongFilesAreRefusedInWords) {
    const auto refused = [&](const DatasetRequest& request, const std::string& says) {
        try {
            read(request);
            ADD_FAILURE() << request.file << " was read";
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
        }
    };
    refused(write("a.txt", ""), "no tokens");
    refused(write("a.txt", " \n<|endoftext|>\n"), "no tokens");
    refused(write("a.csv", "a"), "no known dataset");
    refused(write("a.bin", "abc"), "odd number");
    refused(write("a.bin", std::string("\0\x04", 2)), "outside the vocabulary");
    refused(write("a.jsonl", "{\"text\": 3}"), "at byte 0");
    refused(write("a.jsonl", "{\"input_ids\": [1]}\n{nonsense"), "at byte 19");
    refused(write("a.jsonl", "{\"input_ids\": [-1]}"), "-1");
    refused(write("a.jsonl", "{\"input_ids\": [18446744073709551615]}"), "18446744073709551615");
    DatasetRequest missing;
    missing.file = folder_.path() / "missing.txt";
    refused(missing, "cannot be read");
    auto length = write("a.txt", "Mary");
    length.length = 129;
    refused(length, "--length 129");
}

} // namespace
} // namespace residuum
