// The two layouts in which Hugging Face keeps GPT-2's tokenizer.
#pragma once

#include "core/tokenizer/vocabulary.h"

#include <filesystem>

namespace residuum {

/// Reads vocab.json + merges.txt where `folder` has both, else tokenizer.json. Throws Error naming
/// the file, the entry and what was expected.
Vocabulary readVocabulary(const std::filesystem::path& folder);

/// Whether `folder` has files that `readVocabulary` would read.
bool hasVocabulary(const std::filesystem::path& folder);

} // namespace residuum
