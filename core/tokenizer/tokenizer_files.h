// The layouts in which Hugging Face keeps GPT-2's tokenizer.
#pragma once

#include "core/tokenizer/vocabulary.h"

#include <filesystem>

namespace residuum {

/// Reads `folder`'s tokenizer.json or, where it has none, vocab.json + merges.txt, with the files
/// beside them, as Hugging Face's fast tokenizers do. Throws Error naming the file, the entry and
/// what was expected.
Vocabulary readVocabulary(const std::filesystem::path& folder);

/// Whether `folder` has files that `readVocabulary` would read.
bool hasVocabulary(const std::filesystem::path& folder);

/// Whether it has one of vocab.json and merges.txt, and nothing that could be read without the
/// other.
bool hasHalfVocabulary(const std::filesystem::path& folder);

/// Whether all files that `readVocabulary` would read are the same, byte for byte, in both folders.
bool hasSameFiles(const std::filesystem::path& one, const std::filesystem::path& other);

} // namespace residuum
