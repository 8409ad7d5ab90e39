// What lies in a model's folder beside its weights, in Hugging Face's layout.
#pragma once

#include "core/store/atomic_folder.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace residuum::checkpoint {

/// The key of config.json that marks a folder as written by this program, and says from what.
inline constexpr char originKey[] = "residuum";

/// Throws Error unless the folder may be replaced: a model's that this program has written
/// (`originKey` in its config.json), with nothing else in it. For AtomicFolder.
void requireOwnModel(const std::filesystem::path& existing);

/// Writes config.json as Hugging Face does: two spaces, sorted keys.
void writeConfig(const AtomicFolder& folder, const nlohmann::json& config);

/// Copies the tokenizer's files that `from` has: tokenizer.json, vocab.json, merges.txt and the
/// small ones beside them. Returns their names. Throws Error.
std::vector<std::string> copyTokenizerFiles(const std::filesystem::path& from,
                                            const AtomicFolder& folder);

/// Copies generation_config.json where `from` has it.
void copyGenerationConfig(const std::filesystem::path& from, const AtomicFolder& folder);

} // namespace residuum::checkpoint
