// Named activations, with TransformerLens's names. Torch-free.
//
// Shapes: B = batch, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "core/checkpoint/normalization.h"
#include "core/index.h"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

enum class HookPoint {
    Embed,            ///< hook_embed [B, T, d]
    PosEmbed,         ///< hook_pos_embed [B, T, d]
    ResidPre,         ///< blocks.{l}.hook_resid_pre [B, T, d]
    Ln1Scale,         ///< blocks.{l}.ln1.hook_scale [B, T, 1], as read by q and k
    Ln1Normalized,    ///< blocks.{l}.ln1.hook_normalized [B, T, d]
    Ln1VScale,        ///< blocks.{l}.ln1_v.hook_scale, where the v site differs
    Ln1VNormalized,   ///< blocks.{l}.ln1_v.hook_normalized
    Q,                ///< blocks.{l}.attn.hook_q [B, T, H, D]
    K,                ///< blocks.{l}.attn.hook_k
    V,                ///< blocks.{l}.attn.hook_v
    AttnScores,       ///< blocks.{l}.attn.hook_attn_scores [B, H, query, key], masked ones -1e5
    Pattern,          ///< blocks.{l}.attn.hook_pattern [B, H, query, key]
    Z,                ///< blocks.{l}.attn.hook_z [B, T, H, D]
    Result,           ///< blocks.{l}.attn.hook_result [B, T, H, d], z W_O of each head
    AttnOut,          ///< blocks.{l}.hook_attn_out [B, T, d]
    ResidMid,         ///< blocks.{l}.hook_resid_mid [B, T, d]
    Ln2Scale,         ///< blocks.{l}.ln2.hook_scale [B, T, 1]
    Ln2Normalized,    ///< blocks.{l}.ln2.hook_normalized [B, T, d]
    MlpPre,           ///< blocks.{l}.mlp.hook_pre [B, T, M]
    MlpPost,          ///< blocks.{l}.mlp.hook_post [B, T, M]
    MlpOut,           ///< blocks.{l}.hook_mlp_out [B, T, d]
    ResidPost,        ///< blocks.{l}.hook_resid_post [B, T, d]
    LnFinalScale,     ///< ln_final.hook_scale [B, T, 1]
    LnFinalNormalized ///< ln_final.hook_normalized [B, T, d]
};

struct Hook {
    HookPoint point = HookPoint::Embed;
    LayerIndex layer; ///< 0 for hooks outside the blocks

    friend auto operator<=>(const Hook&, const Hook&) = default;
};

bool isInBlock(HookPoint point);
/// The full name, e.g. "blocks.3.attn.hook_z".
std::string name(const Hook& hook);
/// The hooks a model has, in the order they are computed. ln1_v hooks only where the site differs,
/// hook_scale only where a site divides by one number (a DyT does not).
std::vector<Hook> allHooks(const Normalization& normalization);
/// The hook of that name; empty where the model has none.
std::optional<Hook> findHook(std::string_view name, const Normalization& normalization);

} // namespace residuum
