// A GPT-2 checkpoint's config.json. Torch-free.
#pragma once

#include "core/checkpoint/normalization.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace residuum {

/// Between an MLP's two products.
enum class Activation { GeluTanh, GeluErf, Relu };
/// Hugging Face's "gelu_new", "gelu", "relu".
std::string name(Activation activation);

/// Names are TransformerLens's; the JSON keys are Hugging Face's.
struct ModelConfig {
    int n_layers = 0; ///< n_layer
    int n_heads = 0;  ///< n_head
    int d_model = 0;  ///< n_embd
    int d_head = 0;   ///< d_model / n_heads
    int d_mlp = 0;    ///< n_inner, or 4·d_model where null or missing
    int d_vocab = 0;  ///< vocab_size
    int n_ctx = 0;    ///< n_positions (n_ctx where that is missing)
    double layer_norm_epsilon = 1e-5;
    bool tie_word_embeddings = true;
    Activation activation = Activation::GeluTanh;
    bool scaleScores = true;         ///< scale_attn_weights: scores are divided by sqrt(d_head)
    bool scaleScoresByLayer = false; ///< scale_attn_by_inverse_layer_idx: and by layer + 1
    /// `normalization_sites`, by names such as h.0.ln_1.qk; a DyT's alpha is in the weights.
    std::map<std::string, NormSite> namedSites;

    /// What a layer's products of queries and keys are multiplied with.
    double scoreScale(int layer) const;

    friend bool operator==(const ModelConfig&, const ModelConfig&) = default;
};

/// Reads and validates config.json. Refuses (Error: file, key, found, expected): another
/// `model_type`, another `activation_function` than gelu_new (or its synonyms gelu_fast and
/// gelu_pytorch_tanh), gelu and relu, cross-attention, `attention_head_type` multiquery,
/// `pruned_heads`, unknown sites or kinds in `normalization_sites`, missing or out-of-range values
/// (no layers, heads that do not divide the width, a negative or non-finite epsilon, sizes that
/// overflow). A file that does not say of what model it is is read as a GPT-2's where it has its
/// keys. `warnings` gets a sentence about what is doubtful; may be null.
ModelConfig readConfig(const std::filesystem::path& configJson,
                       std::vector<std::string>* warnings = nullptr);

} // namespace residuum
