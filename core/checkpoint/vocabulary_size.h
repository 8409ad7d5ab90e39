// How many tokens a folder's tokenizer has, without loading it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace residuum::checkpoint {

/// Whether the folder has vocab.json with merges.txt, or tokenizer.json.
bool hasTokenizerFiles(const std::filesystem::path& folder);

/// vocab_size of the folder's config.json. Empty where it cannot be read.
std::optional<std::int64_t> configuredVocabularySize(const std::filesystem::path& folder);

/// The same, or else the number of entries of its vocabulary. Empty
/// where neither can be read.
std::optional<std::int64_t> vocabularySize(const std::filesystem::path& folder);

} // namespace residuum::checkpoint
