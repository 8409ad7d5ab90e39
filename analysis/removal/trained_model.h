// A model in training on disk, in Hugging Face's layout.
#pragma once

#include "core/checkpoint/normalization.h"
#include "core/store/atomic_folder.h"
#include "core/task/progress.h"

#include <filesystem>
#include <string>

namespace residuum {

class Parameters;

/// Where a trained model comes from.
struct TrainedFrom {
    std::filesystem::path folder;    ///< of the model that the run began with
    std::filesystem::path tokenizer; ///< the folder of its files; empty: it has none
    std::string weightsHash;         ///< of the model
    std::string how;                 ///< "remove-ln, step 20"
};

/// The weights as they are, the sites in config.json's `normalization_sites` where it takes them
/// to say what they are. Opens as a model at any step of a removal. Throws Error, Cancelled.
void writeTrained(const AtomicFolder& folder, const Parameters& parameters, const TrainedFrom& from,
                  Progress& progress);

/// The epsilon trick: weights of normalisations times 1e6 / σ and a layer_norm_epsilon of 1e12, so
/// that Hugging Face's own code loads it. ln_1 is one module there: where its two sites divide by
/// different σ the difference goes into c_attn's columns of values, exactly. Throws Error naming a
/// site that is real, and where a value is beyond float32.
void writeEpsilonTrick(const AtomicFolder& folder, const Parameters& parameters,
                       const TrainedFrom& from, Progress& progress);

} // namespace residuum
