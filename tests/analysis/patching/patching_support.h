// Small models and pairs of random prompts.
#pragma once

#include "analysis/patching/patching.h"
#include "core/model/model.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <random>
#include <string>

namespace residuum::test {

inline std::shared_ptr<const Model> openModel(const std::filesystem::path& folder, DType dtype) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

/// 3 layers of 4 heads, width 32, 60 tokens.
inline std::shared_ptr<const Model> randomModel(const TemporaryFolder& folder, Sites sites,
                                                DType dtype, std::uint64_t seed = 1) {
    const auto config = withSites(syntheticConfig(3, 4, 32, 60, 24), sites);
    const auto place = folder.path() / (name(sites) + std::to_string(seed));
    writeSyntheticGpt2(place, config, seed);
    return openModel(place, dtype);
}

/// Pairs that differ at the positions listed, per pair of the given length.
inline PairTokens randomPairs(const std::vector<std::pair<int, std::vector<int>>>& pairs,
                              int d_vocab, unsigned seed) {
    std::mt19937 random(seed);
    PairTokens result;
    for (const auto& [length, differing] : pairs) {
        TokenSequence clean;
        for (int p = 0; p < length; ++p)
            clean.tokens.emplace_back(static_cast<int>(random() % unsigned(d_vocab)));
        auto corrupt = clean;
        for (const int p : differing) {
            auto& token = corrupt.tokens[static_cast<std::size_t>(p)];
            token = TokenId((token.value + 1 + static_cast<int>(random() % 20)) % d_vocab);
        }
        const auto correct = static_cast<int>(random() % unsigned(d_vocab));
        result.add(clean, corrupt, {TokenId(correct), TokenId((correct + 7) % d_vocab)});
    }
    return result;
}

} // namespace residuum::test
