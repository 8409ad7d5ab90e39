// Weights as Hugging Face writes them: model.safetensors or, above a limit, shards with their
// index.
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/store/atomic_folder.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace residuum::checkpoint {

/// Takes a tensor's bytes, piece after piece.
using ByteSink = std::function<void(std::span<const std::byte>)>;

/// What goes into a file. Where the bytes come from is the caller's: a mapping, a device, a
/// conversion block by block; only one tensor is asked for at a time.
struct TensorToWrite {
    std::string name; ///< as in the file, e.g. transformer.wte.weight
    StoredType type = StoredType::Float32;
    std::vector<std::int64_t> shape;
    /// Hands all bytes over, row-major and little-endian, in pieces of any size; called once.
    std::function<void(const ByteSink&)> write;

    std::uint64_t byteCount() const;
};

/// The name that Hugging Face's GPT2LMHeadModel gives a tensor of Checkpoint: with "transformer."
/// before all but lm_head.weight. (Its reader takes names without it too, but not beside a head.)
std::string huggingFaceName(const std::string& canonical);

/// Hugging Face's limit for one file.
inline constexpr std::uint64_t defaultShardBytes = 5'000'000'000;

/// Writes them all into `folder`, in their order where they are divided into files of at most
/// `shardBytes` of tensors (one that is larger has a file of its own). Begins a stage of
/// `progress` with a step per byte. Throws Error, Cancelled.
void writeSafetensors(const AtomicFolder& folder, const std::vector<TensorToWrite>& tensors,
                      Progress& progress, std::uint64_t shardBytes = defaultShardBytes);

} // namespace residuum::checkpoint
