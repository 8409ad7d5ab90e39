// Finds a checkpoint's weight files in its folder and reads whichever container they are.
#pragma once

#include "core/checkpoint/raw_tensor.h"

#include <filesystem>
#include <optional>

namespace residuum::checkpoint {

/// The file that openContainer begins with: model.safetensors, model.safetensors.index.json,
/// pytorch_model.bin, pytorch_model.bin.index.json, the first there is.
std::optional<std::filesystem::path> findWeights(const std::filesystem::path& folder);

/// Throws Error, with what to do, where `folder` is missing, is a file, or has no config.json or no
/// weights.
void requireModelFolder(const std::filesystem::path& folder);

/// Reads every tensor of the folder's weights. Throws Error, also for a tensor that is in two
/// shards and for one that the index promises and the shard does not have.
RawCheckpoint openContainer(const std::filesystem::path& folder);

} // namespace residuum::checkpoint
