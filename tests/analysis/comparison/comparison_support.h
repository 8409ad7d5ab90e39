// Models and inputs of the comparison's tests.
#pragma once

#include "analysis/comparison/comparison_analysis.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <cmath>
#include <random>

namespace residuum::test {

inline PromptInput inputOf(const std::vector<std::vector<int>>& sequences) {
    PromptInput input;
    for (const auto& ids : sequences) {
        auto& sequence = input.tokens.sequences.emplace_back();
        for (const int id : ids)
            sequence.tokens.emplace_back(id);
        input.request.ids.push_back(sequence.tokens);
    }
    return input;
}

/// Of several lengths, with tokens that occur again, one of a single token.
inline PromptInput someInput(int vocabulary, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    std::vector<std::vector<int>> sequences;
    for (const std::size_t length : {7, 12, 7, 1, 20, 12}) {
        auto& ids = sequences.emplace_back();
        while (ids.size() < length)
            ids.push_back(static_cast<int>(
                random() % 2 == 0 ? random() % 5
                                  : random() % static_cast<std::uint64_t>(vocabulary)));
    }
    return inputOf(sequences);
}

inline std::shared_ptr<const Model> openAt(const std::filesystem::path& folder,
                                           DType dtype = DType::Float64) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

/// In a folder of its own, so that models have names of their own.
inline std::shared_ptr<const Model> synthetic(const std::filesystem::path& folder, Sites sites,
                                              std::uint64_t seed, DType dtype = DType::Float64) {
    writeSyntheticGpt2(folder, withSites(syntheticConfig(3, 4, 32, 97, 40), sites), seed);
    return openAt(folder, dtype);
}

inline Compared compare(const std::vector<std::shared_ptr<const Model>>& models,
                        const PromptInput& input, const ComparisonRequest& request,
                        std::int64_t memory = usualMemory) {
    Comparison wanted{models, std::vector<bool>(models.size(), true), {}};
    for (std::size_t a = 0; a < models.size(); ++a)
        for (auto b = a + 1; b < models.size(); ++b)
            wanted.pairs.emplace_back(a, b);
    Progress progress;
    return compareModels(wanted, input.tokens, request, progress, memory);
}

} // namespace residuum::test
