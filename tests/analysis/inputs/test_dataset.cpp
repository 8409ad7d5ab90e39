#include "analysis/inputs/dataset.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <fstream>
#include <vector>

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

    DatasetContent content(const DatasetRequest& request, int d_vocab = 1024) {
        Progress progress;
        return readDataset(request, tokenizer_.get(), 128, d_vocab, progress);
    }

    TokenInput read(const DatasetRequest& request) { return content(request).tokens; }

    /// Why the dataset is refused; "" if it is not.
    std::string why(const DatasetRequest& request, int d_vocab = 1024) {
        try {
            content(request, d_vocab);
            return {};
        } catch (const Error& error) {
            return error.what();
        }
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
            content(request);
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
    refused(write("a.jsonl", "{\"text\": 3}"), "line 1");
    refused(write("a.jsonl", "{\"input_ids\": [1]}\n{nonsense"), "line 2");
    refused(write("a.jsonl", "{\"input_ids\": [1]}\n\n{\"input_ids\": [2000]}"), "line 3");
    // The third token of the second block, not the block.
    auto blocks = write("b.bin", std::string("\1\0\2\0\3\0\5\0\6\0\xff\xff", 12));
    blocks.length = 3;
    refused(blocks, "at byte 10: token 5 (counted from 0) is 65535");
    refused(write("a.jsonl", "{\"input_ids\": [-1]}"), "-1");
    refused(write("a.jsonl", "{\"input_ids\": [18446744073709551615]}"), "18446744073709551615");
    DatasetRequest missing;
    missing.file = folder_.path() / "missing.txt";
    refused(missing, "cannot be read");
    auto length = write("a.txt", "Mary");
    length.length = 129;
    refused(length, "--length 129");
}

std::string wide(const std::vector<std::uint64_t>& ids, std::size_t width) {
    std::string bytes;
    for (const auto id : ids)
        for (std::size_t byte = 0; byte < width; ++byte)
            bytes += static_cast<char>(id >> (8 * byte) & 0xffU);
    return bytes;
}

std::string bigEndian(const std::vector<std::uint64_t>& ids, std::size_t width) {
    std::string bytes;
    for (const auto id : ids)
        for (std::size_t byte = width; byte-- > 0;)
            bytes += static_cast<char>(id >> (8 * byte) & 0xffU);
    return bytes;
}

std::vector<TokenId> tokens(const std::vector<std::uint64_t>& ids) {
    std::vector<TokenId> result;
    for (const auto id : ids)
        result.emplace_back(static_cast<std::int64_t>(id));
    return result;
}

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(DatasetTest, WiderIdsAreRefusedWithTheirWidthUnlessAskedFor) {
    const std::vector<std::uint64_t> ids{300, 400, 500, 600, 300, 401, 501, 601};
    auto request = write("u32.bin", wide(ids, 4));
    EXPECT_THAT(why(request),
                AllOf(HasSubstr("4 bytes (int32 or uint32)"), HasSubstr("--token-width 4")));
    request.tokenWidth = 4;
    EXPECT_EQ(read(request).sequences.at(0).tokens, tokens(ids));
    EXPECT_THAT(why(write("i64.bin", wide(ids, 8))), HasSubstr("8 bytes (int64)"));
    EXPECT_THAT(why(write("be.bin", bigEndian(ids, 4))), HasSubstr("the highest first"));
    // The same as uint16 stays quiet, also where it is asked for and where a token 0 is among them.
    request = write("u16.bin", wide(ids, 2));
    EXPECT_EQ(read(request).sequences.at(0).tokens, tokens(ids));
    const std::vector<std::uint64_t> zeros{300, 0, 400, 0, 500, 7, 600, 0, 0, 0, 1, 2};
    EXPECT_EQ(read(write("z.bin", wide(zeros, 2))).sequences.at(0).tokens, tokens(zeros));
    request = write("u32.bin", wide(ids, 4));
    request.tokenWidth = 2;
    EXPECT_EQ(read(request).sequences.at(0).tokens.size(), 16U);
    request.tokenWidth = 3;
    EXPECT_THAT(why(request), HasSubstr("2 (uint16) or 4 (uint32)"));
}

TEST_F(DatasetTest, LargeVocabulariesAreNeverReadAsUint16) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t i = 0; i < 40; ++i)
        ids.push_back(60'000 + 1'000 * i); // high words 0 and 1
    auto request = write("a.bin", wide(ids, 4));
    EXPECT_THAT(why(request, 100'000), HasSubstr("4 bytes (int32 or uint32)"));
    EXPECT_THAT(why(write("b.bin", wide({1, 2, 3, 4}, 2)), 100'000), HasSubstr("--token-width 4"));
    request = write("a.bin", wide(ids, 4));
    request.tokenWidth = 4;
    EXPECT_EQ(content(request, 100'000).tokens.sequences.at(0).tokens, tokens(ids));
    EXPECT_THAT(why(request, 70'000),
                HasSubstr("at byte 40: token 10 (counted from 0) is 70000, outside"));
}

TEST_F(DatasetTest, OtherFilesAreSaidToBeWhatTheyAre) {
    EXPECT_THAT(why(write("a.bin", "\x93NUMPY\x01\x02" + std::string(200, ' '))),
                HasSubstr("NumPy array"));
    EXPECT_THAT(why(write("a.bin", "PK\x03\x04" + std::string(60, 'x'))), HasSubstr("zip"));
    EXPECT_THAT(why(write("a.jsonl", "\n<!DOCTYPE html><html>")), HasSubstr("web page"));
    EXPECT_THAT(why(write("a.txt", std::string("\x80\x04\x95", 3))), HasSubstr("pickle"));
}

TEST_F(DatasetTest, TextIsUtf8) {
    EXPECT_EQ(text(read(write("a.txt", "\xef\xbb\xbfMary went")).sequences.at(0)), "Mary went");
    EXPECT_EQ(text(read(write("a.jsonl", "\xef\xbb\xbf{\"text\": \"Mary\"}")).sequences.at(0)),
              "Mary");
    const std::string utf16("\xff\xfeM\0a\0r\0y\0", 10), be("\0M\0a\0r\0y", 8);
    for (const std::string name : {"a.txt", "a.jsonl"}) {
        EXPECT_THAT(why(write(name, utf16)),
                    AllOf(HasSubstr("line 1"), HasSubstr("UTF-8"), HasSubstr("UTF-16")));
        EXPECT_THAT(why(write(name, utf16.substr(2))), HasSubstr("UTF-16LE"));
        EXPECT_THAT(why(write(name, be)), HasSubstr("UTF-16BE"));
        EXPECT_THAT(why(write(name, std::string("\xff\xfe\0\0M\0\0\0", 8))), HasSubstr("UTF-32"));
    }
    EXPECT_THAT(why(write("a.txt", "Mary\nwent\n<|endoftext|>\ncaf\xe9\n")),
                AllOf(HasSubstr("line 4"), HasSubstr("UTF-8"), HasSubstr("Latin-1")));
    // Before JSON is looked at.
    EXPECT_THAT(why(write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"caf\xe9\"}\n")),
                AllOf(HasSubstr("line 2"), HasSubstr("UTF-8")));
}

TEST_F(DatasetTest, TextCanBeSplitIntoLinesAndBlocks) {
    auto request = write("a.txt", "Mary went\r\n\nJohn<|endoftext|>\nThe book\n");
    request.split = TextSplit::Lines;
    const auto lines = content(request);
    ASSERT_EQ(lines.tokens.sequences.size(), 3U);
    EXPECT_EQ(text(lines.tokens.sequences[0]), "Mary went");
    EXPECT_EQ(text(lines.tokens.sequences[1]), "John");
    EXPECT_EQ(text(lines.tokens.sequences[2]), "The book");
    EXPECT_THAT(lines.account.sourceLines, ElementsAre(1, 3, 4));
    EXPECT_THAT(lines.account.leftOut, IsEmpty());

    request.split = TextSplit::Blocks;
    request.length = 2;
    const auto blocks = content(request);
    const auto first = tokenizer_->encode("Mary went\r\n\nJohn");
    ASSERT_GT(blocks.tokens.sequences.size(), 3U);
    EXPECT_EQ(blocks.tokens.sequences[0].tokens, std::vector(first.begin(), first.begin() + 2));
    EXPECT_EQ(blocks.tokens.sequences[0].following, first[2]);
    EXPECT_EQ(blocks.tokens.sequences[1].tokens.front(), first[2]);
    EXPECT_EQ(blocks.account.sourceLines.front(), 1);
    EXPECT_EQ(blocks.account.sourceLines.back(), 4);
    std::string joined;
    for (const auto& sequence : blocks.tokens.sequences)
        joined += text(sequence);
    EXPECT_EQ(joined, "Mary went\r\n\nJohn\nThe book\n");

    auto shuffled = request;
    shuffled.seed = 3;
    EXPECT_EQ(content(shuffled).tokens.sequences.size(), blocks.tokens.sequences.size());
    EXPECT_NE(content(shuffled).tokens, blocks.tokens);
    EXPECT_EQ(content(shuffled), content(shuffled));
    auto wrong = write("a.bin", wide({1, 2}, 2));
    wrong.split = TextSplit::Lines;
    EXPECT_THAT(why(wrong), HasSubstr("--split lines"));
}

TEST_F(DatasetTest, OneDocumentOfManyLinesIsSaid) {
    std::string story;
    for (int i = 0; i < 100; ++i)
        story += "Mary went to the store\n";
    auto request = write("a.txt", story);
    request.sequences = 50;
    request.length = 8;
    EXPECT_THAT(content(request).account.notes,
                ElementsAre(HasSubstr("has only 1 sequence of the 50 asked for"),
                            AllOf(HasSubstr("one document of 100 lines"), HasSubstr("8 tokens"),
                                  HasSubstr("--split lines"))));
    request.split = TextSplit::Lines;
    EXPECT_THAT(content(request).account.notes, IsEmpty());
    EXPECT_EQ(content(request).tokens.sequences.size(), 50U);
    EXPECT_THAT(content(write("b.txt", "Mary\nwent<|endoftext|>John\nwent")).account.notes,
                IsEmpty());
}

TEST_F(DatasetTest, WhatIsLeftOutIsAccountedFor) {
    const auto texts = content(write("a.txt", "<|endoftext|>Mary<|endoftext|>\n \n<|endoftext|>\n\n"
                                              "John went<|endoftext|>\n"));
    EXPECT_THAT(texts.account.sourceLines, ElementsAre(1, 5));
    ASSERT_EQ(texts.account.leftOut.size(), 1U);
    EXPECT_EQ(texts.account.leftOut[0].line, 1);
    const auto lines = content(write("a.jsonl", "{\"input_ids\": [1]}\n\n{\"text\": \"\"}\n"
                                                "{\"input_ids\": [2]}\n"));
    EXPECT_THAT(lines.account.sourceLines, ElementsAre(1, 4));
    EXPECT_EQ(lines.account.leftOut, (std::vector<LeftOut>{{3, "holds no tokens"}}));
    auto request = write("a.bin", wide({1, 2, 3, 4, 5}, 2));
    request.length = 2;
    EXPECT_THAT(content(request).account.sourceLines, ElementsAre(1, 2, 3)); // blocks
    // python3 -c 'import hashlib; print(hashlib.sha256(b"Mary").hexdigest())'
    EXPECT_EQ(content(write("a.txt", "Mary")).account.sha256,
              "aebac53c46bbeff10fdd26ca0e2196a9bfc1d19bf88eb1efd65a36151c581051");
}

} // namespace
} // namespace residuum
