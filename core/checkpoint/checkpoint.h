// A GPT-2 checkpoint on disk, opened and checked: configuration, normalisation sites and weights as
// bytes. Torch-free; nothing in a file is ever executed.
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/hash_memory.h"
#include "core/checkpoint/normalization.h"
#include "core/task/progress.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace residuum {

enum class StoredType { Float32, Float64, Float16, BFloat16 };
/// "float32", "float64", "float16", "bfloat16".
std::string name(StoredType type);
std::size_t byteSize(StoredType type);

/// A weight as it lies in the (memory-mapped, read-only) file. Row-major, contiguous. `bytes` may
/// be unaligned for its type.
struct StoredTensor {
    StoredType type = StoredType::Float32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

namespace checkpoint {
class WeightFiles;
}

/// Everything that was found in a folder. `tensors` has canonical names without the `transformer.`
/// prefix: wte.weight, wpe.weight, h.{l}.ln_1.weight|bias, h.{l}.attn.c_attn.weight|bias,
/// h.{l}.attn.c_proj.*, h.{l}.ln_2.*, h.{l}.mlp.c_fc.*, h.{l}.mlp.c_proj.*, ln_f.*, and
/// lm_head.weight only where the head is untied; MODULE.alpha where a site is DyT. Every one but
/// the normalisation sites' biases is present, has the shape the configuration demands and only
/// finite values. Mask buffers and removal-run buffers are not in
/// it.
struct Checkpoint {
    std::filesystem::path folder;
    std::string container;   ///< e.g. "safetensors", "safetensors, 2 shards", "pytorch_model.bin"
    std::string storedTypes; ///< e.g. "float32" or "float16, float32"
    ModelConfig config;
    Normalization normalization;
    std::map<std::string, StoredTensor, std::less<>> tensors;
    bool tiedHead = true;
    std::int64_t parameterCount = 0; ///< of distinct weights (a tied head counts once)
    std::int64_t storedBytes = 0;    ///< of the weights in `tensors`
    std::string weightsHash;         ///< "xxh3-128:…", over names, types, shapes, bytes and sites
    std::vector<std::string> warnings; ///< sentences, e.g. about ignored tensors
    /// Keeps the mapped bytes alive and tells whether they are still those that were hashed.
    std::shared_ptr<const checkpoint::WeightFiles> files;
};

/// Opens the folder's weights: model.safetensors, model.safetensors.index.json with its shards,
/// pytorch_model.bin (zip), pytorch_model.bin.index.json with its shards, in this order. Every
/// weight is read once: its finiteness is checked and its hash taken in the same pass (two
/// threads); where `memory` knows the unchanged files, that pass is left out. Throws Error with the
/// file, the tensor and what was expected, also where the files change meanwhile; Cancelled through
/// `progress`.
Checkpoint openCheckpoint(const std::filesystem::path& folder, Progress& progress,
                          const HashMemory* memory = nullptr);

} // namespace residuum
