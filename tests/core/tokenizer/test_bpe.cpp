#include "core/tokenizer/bpe.h"

#include "tokenizer_support.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace residuum::test {
namespace {

/// The definition, on strings: again and again the leftmost pair of best rank is joined.
std::vector<std::string>
mergedByDefinition(std::string_view piece,
                   const std::map<std::pair<std::string, std::string>, int>& ranks) {
    std::vector<std::string> parts;
    for (const char c : piece)
        parts.emplace_back(1, c);
    for (;;) {
        std::size_t best = 0;
        int bestRank = -1;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto found = ranks.find({parts[i], parts[i + 1]});
            if (found != ranks.end() && (bestRank < 0 || found->second < bestRank)) {
                bestRank = found->second;
                best = i;
            }
        }
        if (bestRank < 0)
            return parts;
        parts[best] += parts[best + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
}

/// Merges over few letters, in any order: also ones no training would give.
std::vector<std::string> randomMerges(std::mt19937& random, std::size_t count) {
    std::vector<std::string> tokens = {"a", "b", "c"};
    std::vector<std::string> merges;
    while (merges.size() < count) {
        const std::string left = tokens[random() % tokens.size()];
        const std::string right = tokens[random() % tokens.size()];
        const std::string merge = left + " " + right;
        if (left.size() + right.size() > 12 || std::ranges::count(merges, merge) > 0)
            continue;
        merges.push_back(merge);
        tokens.push_back(left + right);
    }
    std::ranges::shuffle(merges, random);
    return merges;
}

TEST(Bpe, equalsItsDefinitionForShortAndLongPieces) {
    std::mt19937 random(2);
    for (int round = 0; round < 20; ++round) {
        const auto merges = randomMerges(random, 25);
        std::map<std::pair<std::string, std::string>, int> ranks;
        for (const std::string& merge : merges) {
            const std::size_t space = merge.find(' ');
            ranks.emplace(std::pair(merge.substr(0, space), merge.substr(space + 1)),
                          static_cast<int>(ranks.size()));
        }
        const auto tokenizer = tokenizerOf(vocabularyWith(merges), merges);
        for (const std::size_t length : {1, 2, 3, 5, 17, 63, 64, 65, 66, 200, 400}) {
            std::string piece;
            while (piece.size() < length)
                piece += "abc"[random() % 3];
            ASSERT_EQ(pieces(*tokenizer, piece), mergedByDefinition(piece, ranks)) << piece;
        }
    }
}

TEST(Bpe, equalRanksMergeFromTheLeft) {
    const std::vector<std::string> merges = {"a a"};
    const auto tokenizer = tokenizerOf(vocabularyWith(merges), merges);
    EXPECT_EQ(pieces(*tokenizer, "aaa"), (std::vector<std::string>{"aa", "a"}));
    const std::string longer(101, 'a');
    EXPECT_EQ(pieces(*tokenizer, longer).back(), "a");
    EXPECT_EQ(pieces(*tokenizer, longer).size(), 51U);
}

double bestSeconds(const Tokenizer& tokenizer, const std::string& text) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)).size(), text.size());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
    }
    return best;
}

TEST(Bpe, longPiecesAreNotQuadratic) {
    const std::vector<std::string> merges = {"a a", "aa aa", "aaaa aaaa", "b a", "a b"};
    const auto tokenizer = tokenizerOf(vocabularyWith(merges), merges);
    std::mt19937 random(3);
    std::string mixed;
    while (mixed.size() < (1U << 19))
        mixed += "aab"[random() % 3];
    for (const std::string& text : {std::string(1U << 19, 'a'), mixed}) {
        const double small = bestSeconds(*tokenizer, text.substr(0, text.size() / 4));
        const double large = bestSeconds(*tokenizer, text);
        // n log n gives 4.5, n² gives 16.
        EXPECT_LT(large, 10 * small + 0.02) << small << " s, " << large << " s";
    }
}

TEST(Bpe, aByteWithoutTokenIsReportedAndNothingAppended) {
    std::array<std::int32_t, 256> tokens{};
    tokens.fill(-1);
    tokens['a'] = 0;
    const Bpe bpe({}, tokens);
    Bpe::Scratch scratch;
    std::vector<TokenId> ids = {TokenId{9}};
    EXPECT_EQ(bpe.encode("aab", scratch, ids), 2U);
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(bpe.encode("aa", scratch, ids), Bpe::complete);
    EXPECT_EQ(ids, (std::vector<TokenId>{TokenId{9}, TokenId{0}, TokenId{0}}));
}

} // namespace
} // namespace residuum::test
