// What is known of an opened model, and how its numbers are computed. Torch-free.
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/normalization.h"

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

enum class DType { Float32, Float64, BFloat16 };
/// "float32", "float64", "bfloat16".
std::string name(DType dtype);
/// Throws UsageError for any other name.
DType parseDType(const std::string& name);

/// How numbers are computed. Part of every request's key.
struct NumericSettings {
    DType dtype = DType::Float32;
    std::string device = "cpu"; ///< cpu, cuda, cuda:N or mps

    friend bool operator==(const NumericSettings&, const NumericSettings&) = default;
};

/// The report of what was detected in a model; plain data, safe to hand to any thread.
struct ModelInfo {
    std::string name;   ///< last component of `source`, for labels and result groups
    std::string source; ///< as the user named it
    std::string folder;
    std::string anywhere; ///< names it from any folder (ModelLocation); empty where not known
    std::string tokenizerFolder; ///< absolute, where the user named one; else empty
    ModelConfig config;
    Normalization normalization;
    NumericSettings numeric;
    std::int64_t parameterCount = 0;
    std::string container;
    std::string storedTypes;
    bool tiedHead = true;
    std::string weightsHash;
    /// Where the tokenizer came from, e.g. "vocab.json + merges.txt" or "…, taken from
    /// ../original"; empty when there is none (the model then works with token ids).
    std::string tokenizerOrigin;
    std::string tokenizerFingerprint; ///< Tokenizer::fingerprint; empty likewise. Not in files
    std::vector<std::string> warnings;
};

} // namespace residuum
