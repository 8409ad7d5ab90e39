// Token sequences as batches of equal length: padded batches and absolute positions do not go
// together (SCIENCE §7).
#pragma once

#include "analysis/inputs/token_input.h"
#include "core/checkpoint/config.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace residuum {

struct Batch {
    std::vector<std::size_t> samples; ///< places in TokenInput::sequences, ascending
    at::Tensor tokens;                ///< [sample, pos] int64
};

struct BatchLimits {
    std::int64_t tokens = 4096;         ///< per batch, but at least one sequence
    std::int64_t logits = 64 << 20;     ///< numbers of the unembedding's output per batch
    std::int64_t logitsPerSequence = 0; ///< positions unembedded per sequence; 0: every one
    std::int64_t d_vocab = 1;
};

/// Groups by length (first come, first), each group cut to the limits.
std::vector<Batch> equalLengthBatches(const TokenInput& input, const BatchLimits& limits);

/// `position` from 0, or from the end when negative, in a sequence of `length` tokens. Throws Error
/// naming the sequence where it lies outside.
int resolvePosition(int position, int length, std::size_t sample);

/// Throws Error naming the sequence: no sequences, an empty one, one longer than n_ctx, a token
/// outside the vocabulary.
void requireValid(const TokenInput& input, const ModelConfig& config);

} // namespace residuum
