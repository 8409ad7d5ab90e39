// A model at its beginning: random weights and a vocabulary of its own. Torch-free.
#pragma once

#include "analysis/inputs/bpe_training.h"

#include <cstdint>
#include <filesystem>

namespace residuum {

/// Of a GPT-2 with tied head and an MLP four times as wide as the stream.
struct ModelShape {
    int layers = 4, heads = 8, width = 160, context = 256, vocabulary = 1024;
};

/// Throws UsageError where the heads do not divide the width.
void requireShape(const ModelShape& shape);

/// The vocabulary of the texts in `file`. Throws Error where they give fewer tokens than
/// `vocabulary`, and as forEachText does; Cancelled.
BpeVocabulary vocabularyOf(const std::filesystem::path& file, int vocabulary, Progress& progress);

/// GPT-2's beginning in Hugging Face's layout: every matrix and both embeddings N(0, 0.02), the two
/// that write to the stream divided by the root of twice the layers; biases 0, gains 1; float32.
/// The same for the same seed. `dropout`: said in config.json. Throws Error, Cancelled.
void writeInitialModel(const AtomicFolder& folder, const ModelShape& shape,
                       const BpeVocabulary& vocabulary, std::uint64_t seed, double dropout,
                       Progress& progress);

/// Throws Error saying what differs where `folder` was not begun with this shape and seed.
void requireSameBeginning(const std::filesystem::path& folder, const ModelShape& shape,
                          std::uint64_t seed);

} // namespace residuum
