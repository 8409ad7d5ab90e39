#include "core/model/hooks.h"

#include <array>

namespace residuum {

namespace {

using enum HookPoint;

/// The name within its block, or the whole name of a hook outside the blocks.
struct PointName {
    HookPoint point;
    bool inBlock;
    const char* name;
};

constexpr std::array pointNames{
    PointName{Embed, false, "hook_embed"},
    PointName{PosEmbed, false, "hook_pos_embed"},
    PointName{ResidPre, true, "hook_resid_pre"},
    PointName{Ln1Scale, true, "ln1.hook_scale"},
    PointName{Ln1Normalized, true, "ln1.hook_normalized"},
    PointName{Ln1VScale, true, "ln1_v.hook_scale"},
    PointName{Ln1VNormalized, true, "ln1_v.hook_normalized"},
    PointName{Q, true, "attn.hook_q"},
    PointName{K, true, "attn.hook_k"},
    PointName{V, true, "attn.hook_v"},
    PointName{AttnScores, true, "attn.hook_attn_scores"},
    PointName{Pattern, true, "attn.hook_pattern"},
    PointName{Z, true, "attn.hook_z"},
    PointName{Result, true, "attn.hook_result"},
    PointName{AttnOut, true, "hook_attn_out"},
    PointName{ResidMid, true, "hook_resid_mid"},
    PointName{Ln2Scale, true, "ln2.hook_scale"},
    PointName{Ln2Normalized, true, "ln2.hook_normalized"},
    PointName{MlpPre, true, "mlp.hook_pre"},
    PointName{MlpPost, true, "mlp.hook_post"},
    PointName{MlpOut, true, "hook_mlp_out"},
    PointName{ResidPost, true, "hook_resid_post"},
    PointName{LnFinalScale, false, "ln_final.hook_scale"},
    PointName{LnFinalNormalized, false, "ln_final.hook_normalized"},
};

const PointName& entry(HookPoint point) {
    return pointNames[static_cast<std::size_t>(point)];
}

/// Whether a block of these sites has the hook: ln1_v's only where that site differs, a scale only
/// where a site divides by one.
bool has(const BlockNorms& norms, HookPoint point) {
    switch (point) {
    case Ln1Scale:
        return rowDivisor(norms.ln1_qk).has_value();
    case Ln1VScale:
        return norms.ln1_v != norms.ln1_qk && rowDivisor(norms.ln1_v).has_value();
    case Ln1VNormalized:
        return norms.ln1_v != norms.ln1_qk;
    case Ln2Scale:
        return rowDivisor(norms.ln2).has_value();
    default:
        return true;
    }
}

void addBlock(std::vector<Hook>& hooks, const BlockNorms& norms, int layer) {
    for (const auto& candidate : pointNames) {
        if (candidate.inBlock && has(norms, candidate.point))
            hooks.push_back({candidate.point, LayerIndex(layer)});
    }
}

} // namespace

bool isInBlock(HookPoint point) {
    return entry(point).inBlock;
}

std::string name(const Hook& hook) {
    const auto& found = entry(hook.point);
    if (!found.inBlock)
        return found.name;
    return "blocks." + std::to_string(hook.layer.value) + "." + found.name;
}

std::vector<Hook> allHooks(const Normalization& normalization) {
    std::vector<Hook> hooks{{Embed, {}}, {PosEmbed, {}}};
    for (std::size_t l = 0; l < normalization.blocks.size(); ++l)
        addBlock(hooks, normalization.blocks[l], static_cast<int>(l));
    if (rowDivisor(normalization.ln_f))
        hooks.push_back({LnFinalScale, {}});
    hooks.push_back({LnFinalNormalized, {}});
    return hooks;
}

std::optional<Hook> findHook(std::string_view wanted, const Normalization& normalization) {
    for (const auto& hook : allHooks(normalization)) {
        if (name(hook) == wanted)
            return hook;
    }
    return std::nullopt;
}

} // namespace residuum
