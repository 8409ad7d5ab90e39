// Vocabularies made from texts: against the definition, and read back as tokenizers.
#include "analysis/inputs/bpe_training.h"

#include "core/checkpoint/model_files.h"
#include "core/tokenizer/pretokenizer.h"
#include "core/tokenizer/tokenizer.h"
#include "support/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace residuum::test {
namespace {

using Strings = std::vector<std::string>;

BpeVocabulary vocabularyOf(const std::string& text, int size) {
    PieceCounts pieces;
    pieces.add(text);
    Progress progress;
    return trainBpe(pieces, size, progress);
}

/// Words of few letters, so that pairs repeat, overlap and spell the same token in several ways.
std::string randomText(std::uint32_t seed) {
    std::mt19937 random(seed);
    std::string text;
    for (int word = 0; word < 300; ++word) {
        text += ' ';
        for (auto letters = 1 + random() % 7; letters-- > 0;)
            text += static_cast<char>('a' + random() % 3);
    }
    return text;
}

/// Byte pairs as they are defined: all counted anew before every merge. Bytes of merged tokens.
Strings mergedByDefinition(const std::string& text, std::size_t merges) {
    std::vector<Strings> pieces;
    Pretokenizer cut;
    cut.start(text);
    for (std::string_view piece; cut.next(piece);) {
        auto& parts = pieces.emplace_back();
        for (const char byte : piece)
            parts.emplace_back(1, byte);
    }
    const auto alphabet = vocabularyOf("", 257).tokens;
    Strings tokens(alphabet.begin(), alphabet.begin() + 256), made;
    const auto idOf = [&](const std::string& bytes) {
        return std::find(tokens.begin(), tokens.end(), bytes) - tokens.begin();
    };
    while (made.size() < merges) {
        std::map<std::pair<std::ptrdiff_t, std::ptrdiff_t>, int> counts;
        for (const auto& parts : pieces)
            for (std::size_t i = 0; i + 1 < parts.size(); ++i)
                ++counts[{idOf(parts[i]), idOf(parts[i + 1])}];
        auto best = counts.begin();
        for (auto each = counts.begin(); each != counts.end(); ++each)
            if (each->second > best->second)
                best = each;
        const auto left = tokens[static_cast<std::size_t>(best->first.first)],
                   right = tokens[static_cast<std::size_t>(best->first.second)];
        made.push_back(left + right);
        if (idOf(left + right) == static_cast<std::ptrdiff_t>(tokens.size()))
            tokens.push_back(left + right);
        for (auto& parts : pieces)
            for (std::size_t i = 0; i + 1 < parts.size(); ++i)
                if (parts[i] == left && parts[i + 1] == right) {
                    parts[i] += right;
                    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
                }
    }
    return made;
}

TEST(BpeTraining, MergesThePairsThatTheDefinitionMerges) {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
        const auto text = randomText(seed);
        const auto made = vocabularyOf(text, 330);
        Strings merged;
        for (const auto& [left, right] : made.merges)
            merged.push_back(made.tokens[static_cast<std::size_t>(left)] +
                             made.tokens[static_cast<std::size_t>(right)]);
        EXPECT_EQ(merged, mergedByDefinition(text, made.merges.size())) << seed;
        EXPECT_EQ(made.tokens.size(), 330U);
    }
}

TEST(BpeTraining, StopsWhereNoPairComesTwice) {
    const auto made = vocabularyOf(" ab ab cd", 1000);
    EXPECT_EQ(made.tokens.size(), 256U + 2 + 1); // "ab", " ab"; " c" and "cd" come once
}

TEST(BpeTraining, WritesWhatTheTokenizerReads) {
    const TemporaryFolder folder;
    const std::string text = randomText(5) + "<|endoftext|>It's the year 1732, isn't it? \xC3\xA9 "
                                             "\xC3\xA9 \xC3\xA9\n\n";
    const auto made = vocabularyOf(text, 320);
    AtomicFolder target(folder.path() / "t", checkpoint::requireOwnModel);
    writeTokenizer(made, 64, target);
    target.commit();
    const auto tokenizer = Tokenizer::open(folder.path() / "t", made.tokens.size());
    EXPECT_EQ(tokenizer->size(), 320U);
    ASSERT_TRUE(tokenizer->endOfText().has_value());
    EXPECT_EQ(tokenizer->endOfText()->value, made.endOfText());
    EXPECT_TRUE(tokenizer->warnings().empty());
    for (std::size_t id = 0; id + 1 < made.tokens.size(); ++id)
        EXPECT_EQ(tokenizer->bytes(TokenId(static_cast<std::int64_t>(id))), made.tokens[id]);
    const auto ids = tokenizer->encode(text);
    EXPECT_EQ(tokenizer->decode(ids), text);
    EXPECT_LT(ids.size(), text.size() / 2);
}

} // namespace
} // namespace residuum::test
