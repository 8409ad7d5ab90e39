// A GPT-2 checkpoint's config.json. Torch-free.
#pragma once

#include <cstdint>
#include <filesystem>

namespace residuum {

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

    friend bool operator==(const ModelConfig&, const ModelConfig&) = default;
};

/// Reads and validates config.json. Refuses (Error: file, key, found, expected): another
/// `model_type`, another `activation_function` than gelu_new (or its synonym gelu_pytorch_tanh),
/// cross-attention, `scale_attn_by_inverse_layer_idx`, `reorder_and_upcast_attn` that changes the
/// result, `scale_attn_weights` false, missing or out-of-range values (no layers, heads that do not
/// divide the width, a negative or non-finite epsilon, sizes that overflow).
ModelConfig readConfig(const std::filesystem::path& configJson);

} // namespace residuum
