// The one pass over all weights: hash and finiteness.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace residuum::checkpoint {

struct NonFinite {
    std::string tensor;
    std::int64_t index = 0; ///< row-major
};

struct WeightsPass {
    /// "xxh3-128:" and 32 hex digits: of every tensor's name, type, shape and bytes, sorted by
    /// name. Does not depend on the number of threads nor on how files hold the tensors. Empty
    /// where `nonFinite` is set.
    std::string tensorsHash;
    std::optional<NonFinite> nonFinite; ///< the first by name and index
};

/// Reads all bytes once on `threads` worker threads (small models on the calling one). `progress`
/// is advanced by the calling thread only; on cancellation the workers are joined before Cancelled
/// leaves.
WeightsPass passOverWeights(const std::map<std::string, StoredTensor, std::less<>>& tensors,
                            Progress& progress, unsigned threads = 2);

/// The checkpoint's hash: the tensors' together with what else determines the model's output, as
/// far as it is not what every GPT-2 has.
std::string weightsHash(const std::string& tensorsHash, const Normalization& normalization,
                        const ModelConfig& config);

} // namespace residuum::checkpoint
