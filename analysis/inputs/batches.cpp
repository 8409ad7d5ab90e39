#include "analysis/inputs/batches.h"

#include "core/task/error.h"
#include "core/task/wording.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <map>
#include <string>

namespace residuum {

namespace {

std::string nameOf(std::size_t sample, std::size_t count) {
    return count == 1 ? "the prompt" : "sequence " + std::to_string(sample);
}

at::Tensor toTensor(const TokenInput& input, const std::vector<std::size_t>& samples) {
    const auto length = static_cast<std::int64_t>(input.sequences[samples.front()].tokens.size());
    std::vector<std::int64_t> ids;
    ids.reserve(samples.size() * static_cast<std::size_t>(length));
    for (const auto sample : samples) {
        for (const auto token : input.sequences[sample].tokens)
            ids.push_back(token.value);
    }
    return at::tensor(ids, at::TensorOptions().dtype(at::kLong))
        .view({static_cast<std::int64_t>(samples.size()), length});
}

std::size_t sequencesPerBatch(std::int64_t length, const BatchLimits& limits) {
    const auto unembedded = limits.logitsPerSequence == 0 ? length : limits.logitsPerSequence;
    const auto byTokens = limits.tokens / length;
    const auto byLogits = limits.logits / (unembedded * limits.d_vocab);
    return static_cast<std::size_t>(std::max<std::int64_t>(1, std::min(byTokens, byLogits)));
}

} // namespace

std::vector<Batch> equalLengthBatches(const TokenInput& input, const BatchLimits& limits) {
    std::map<std::size_t, std::vector<std::size_t>> byLength;
    for (std::size_t s = 0; s < input.sequences.size(); ++s)
        byLength[input.sequences[s].tokens.size()].push_back(s);
    std::vector<Batch> batches;
    for (const auto& [length, samples] : byLength) {
        const auto step = sequencesPerBatch(static_cast<std::int64_t>(length), limits);
        for (std::size_t begin = 0; begin < samples.size(); begin += step) {
            const auto end = std::min(begin + step, samples.size());
            Batch batch;
            batch.samples.assign(samples.begin() + static_cast<std::ptrdiff_t>(begin),
                                 samples.begin() + static_cast<std::ptrdiff_t>(end));
            batch.tokens = toTensor(input, batch.samples);
            batches.push_back(std::move(batch));
        }
    }
    return batches;
}

int resolvePosition(int position, int length, std::size_t sample) {
    const int resolved = position < 0 ? length + position : position;
    if (resolved < 0 || resolved >= length)
        throw Error("--position " + std::to_string(position),
                    "sequence " + std::to_string(sample) + " has " + counted(length, "token") +
                        "; positions run from 0 to " + std::to_string(length - 1) + " or from -" +
                        std::to_string(length) + " to -1");
    return resolved;
}

void requireValid(const TokenInput& input, const ModelConfig& config) {
    if (input.sequences.empty())
        throw Error("the input", "holds no sequence; give a prompt, ids or a dataset with text");
    for (std::size_t s = 0; s < input.sequences.size(); ++s) {
        const auto& tokens = input.sequences[s].tokens;
        const auto subject = nameOf(s, input.sequences.size());
        if (tokens.empty())
            throw Error(subject, "is empty; at least one token is needed");
        if (tokens.size() > static_cast<std::size_t>(config.n_ctx))
            throw Error(subject, "has " + counted(tokens.size(), "token") +
                                     ", the model's context holds " + std::to_string(config.n_ctx) +
                                     "; shorten it");
        for (const auto token : tokens) {
            if (token.value < 0 || token.value >= config.d_vocab)
                throw Error(subject, "token " + std::to_string(token.value) +
                                         " is outside the vocabulary of " +
                                         std::to_string(config.d_vocab) + " tokens (0 to " +
                                         std::to_string(config.d_vocab - 1) + ")");
        }
    }
}

} // namespace residuum
