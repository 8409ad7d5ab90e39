// Attribution results of the golden models, for tests of what becomes of results.
#pragma once

#include "analysis/attribution/dla_analysis.h"
#include "support/paths.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace residuum::test {

inline std::shared_ptr<const Model> openGolden(const std::string& name,
                                               DType dtype = DType::Float32) {
    Progress progress;
    return Model::open({name, name, golden() / name}, {dtype, "cpu"}, progress);
}

inline PromptInput somePrompts() {
    PromptInput input;
    input.request.ids = {{TokenId(1), TokenId(2), TokenId(3), TokenId(4)},
                         {TokenId(7), TokenId(5)}};
    for (const auto& ids : input.request.ids)
        input.tokens.sequences.push_back({ids, std::nullopt});
    return input;
}

inline DlaRequest everyPosition() {
    DlaRequest request;
    request.position.all = true;
    request.target.rule = TargetRule::Argmax;
    request.topPredictions = 3;
    request.bootstrapResamples = 50;
    return request;
}

inline bool sameBits(const Table& a, const Table& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(),
                                         static_cast<std::size_t>(a.size()) * sizeof(double)) == 0);
}

inline bool sameBits(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

inline bool sameRow(const AttributionRow& a, const AttributionRow& b) {
    bool same = a.sample == b.sample && a.position == b.position && a.target == b.target &&
                sameBits(a.logit, b.logit) && sameBits(a.logitMean, b.logitMean) &&
                sameBits(a.unembedBias, b.unembedBias) &&
                sameBits(a.completenessError, b.completenessError) &&
                a.predictions.size() == b.predictions.size();
    for (std::size_t i = 0; same && i < a.predictions.size(); ++i)
        same = a.predictions[i].token == b.predictions[i].token &&
               sameBits(a.predictions[i].probability, b.predictions[i].probability) &&
               sameBits(a.predictions[i].logit, b.predictions[i].logit);
    return same;
}

/// Whether every number of two results is the same, bit for bit.
inline bool sameNumbers(const DlaResult& a, const DlaResult& b) {
    bool same = a.components == b.components && a.rows.size() == b.rows.size() &&
                sameBits(a.dla, b.dla) && sameBits(a.directEffect, b.directEffect) &&
                sameBits(a.dlaNeuron, b.dlaNeuron) &&
                sameBits(a.directEffectNeuron, b.directEffectNeuron) &&
                sameBits(a.nmae.heads, b.nmae.heads) && a.nmae.ci95 == b.nmae.ci95 &&
                sameBits(a.nmae.perHead, b.nmae.perHead);
    for (std::size_t i = 0; same && i < a.rows.size(); ++i)
        same = sameRow(a.rows[i], b.rows[i]);
    return same;
}

inline std::string bytesOf(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace residuum::test
