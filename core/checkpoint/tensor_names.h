// Sorts a container's tensors into weights, removal-run buffers and what is ignored.
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/raw_tensor.h"

#include <map>
#include <string>
#include <vector>

namespace residuum::checkpoint {

/// Pointers into the RawCheckpoint that was sorted. Keys are without `transformer.` and without
/// what torch.compile and data-parallel training put before names (`_orig_mod.`, `module.`, …).
struct SortedTensors {
    std::map<std::string, const RawTensor*, std::less<>> weights; ///< all that a GPT-2 has
    std::map<std::string, const RawTensor*, std::less<>> buffers; ///< e.g. h.0.ln_1.is_fake
    std::vector<std::string> missingBiases; ///< of normalisation sites, e.g. h.0.ln_1.bias: zero
    std::vector<std::string> ignored;       ///< as named in the file, sorted; without mask buffers
};

/// The weights of a GPT-2 of this configuration, with their shapes ([in, out] for Conv1D);
/// lm_head.weight is not among them.
std::map<std::string, std::vector<std::int64_t>> expectedWeights(const ModelConfig& config);

/// Throws Error where a name is there with and without prefixes, and where a weight is missing,
/// has another shape or is not of a float type. lm_head.weight and the normalisation sites' biases
/// may be missing; gamma and beta are other names of a site's weight and bias, `alpha` of one
/// element is a DyT's.
SortedTensors sortTensors(const RawCheckpoint& checkpoint, const ModelConfig& config,
                          const std::filesystem::path& folder);

} // namespace residuum::checkpoint
