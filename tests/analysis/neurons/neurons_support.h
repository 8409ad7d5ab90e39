// Small models, and ablation the slow way: a plain forward pass with the neuron replaced.
#pragma once

#include "analysis/neurons/neurons.h"
#include "core/model/model.h"
#include "support/array_match.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <cstring>
#include <functional>
#include <memory>
#include <random>

namespace residuum::test {

inline std::shared_ptr<const Model> openAt(const std::filesystem::path& place, DType dtype) {
    Progress progress;
    return Model::open({place.string(), place.filename().string(), place}, {dtype, "cpu"},
                       progress);
}

/// A tensor's numbers, to be changed before they are written.
using ChangeTensor = std::function<void(const std::string& name, std::vector<float>& values)>;

/// One layer of 2 heads, width 32, as changed.
inline std::filesystem::path writeChanged(const TemporaryFolder& folder, int d_vocab,
                                          const ChangeTensor& change) {
    const auto config = syntheticConfig(1, 2, 32, d_vocab, 24);
    auto tensors = syntheticTensors(config, 4);
    for (auto& tensor : tensors) {
        std::vector<float> values(tensor.bytes.size() / sizeof(float));
        std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
        change(tensor.name, values);
        tensor.bytes = bytesOf(values);
    }
    const auto place = folder.path() / "changed";
    std::filesystem::create_directories(place);
    writeText(place / "config.json", configJson(config));
    writeSafetensors(place / "model.safetensors", tensors);
    return place;
}

/// 3 layers of 4 heads, width 32, 60 tokens.
inline std::shared_ptr<const Model> smallModel(const TemporaryFolder& folder, Sites sites,
                                               DType dtype = DType::Float64) {
    const auto config = withSites(syntheticConfig(3, 4, 32, 60, 24), sites);
    const auto place = folder.path() / name(sites);
    writeSyntheticGpt2(place, config, 3);
    return openAt(place, dtype);
}

/// Sequences of the lengths, of tokens below d_vocab.
inline TokenInput randomInput(const std::vector<int>& lengths, unsigned seed = 5,
                              unsigned d_vocab = 60) {
    std::mt19937 random(seed);
    TokenInput input;
    for (const int length : lengths) {
        TokenSequence sequence;
        for (int p = 0; p < length; ++p)
            sequence.tokens.emplace_back(static_cast<int>(random() % d_vocab));
        input.sequences.push_back(sequence);
    }
    return input;
}

inline std::shared_ptr<const NeuronResult> study(const Model& model, const TokenInput& input,
                                                 const NeuronRequest& request,
                                                 const NeuronLimits& limits = {}) {
    Progress progress;
    return studyNeurons(model, input, request, progress, limits);
}

inline std::vector<double> values(const Table& table) {
    return {table.data(), table.data() + table.size()};
}

} // namespace residuum::test
