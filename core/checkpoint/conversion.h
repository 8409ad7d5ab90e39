// An equivalent checkpoint: other normalisation sites for the same function, or another storage
// type. Torch-free; arithmetic in float64, tensor by tensor, never a whole model in memory.
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/safetensors_writer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace residuum::checkpoint {

struct Conversion {
    StoredType type = StoredType::Float32; ///< of every tensor that is written
    /// Pre-RMSNorm (arXiv 2305.14858): all that is written to the residual stream is centred over
    /// d_model (rows of wte and wpe, output axis of both c_proj, their biases), after which
    /// LayerNorm and RMSNorm are one. A tied head becomes its own tensor, the embedding as it was.
    bool preRmsNorm = false;
};

/// What `convert --to` can name.
std::vector<std::string> conversionNames();
/// "pre-rmsnorm" (float64 where a tensor of `source` is, else float32) or a storage type.
Conversion conversionNamed(const std::string& to, const Checkpoint& source);

/// What the conversion did, for people.
struct Converted {
    Normalization normalization;
    bool untied = false; ///< the head was tied, and is not any more
    /// The largest |stored − value| / |value| over the values that the type has all its digits for,
    /// and the tensor that has it; 0 where every value is kept.
    double relativeDifference = 0.0;
    std::string differsMost;
    /// Values of fewer digits, or none, because they are smaller than the type's normal numbers;
    /// and by how much one of them is off at most.
    std::int64_t belowNormal = 0;
    double belowNormalDifference = 0.0;
};

/// Of the tensors that `convert` writes.
std::uint64_t convertedBytes(const Checkpoint& source, const Conversion& conversion);

/// Writes the weights and config.json (all keys of the source's kept) into `folder`; tokenizer
/// files are the caller's. Throws Error: for preRmsNorm, where a site does not centre (RMSNorm,
/// DyT), with its name; where a value is beyond the type's largest number, with tensor and value;
/// where the source's files change meanwhile. Cancelled through `progress`.
Converted convert(const Checkpoint& source, const Conversion& conversion,
                  const AtomicFolder& folder, Progress& progress,
                  std::uint64_t shardBytes = defaultShardBytes);

} // namespace residuum::checkpoint
