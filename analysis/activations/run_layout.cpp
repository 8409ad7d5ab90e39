#include "analysis/activations/run_layout.h"

namespace residuum {

std::vector<HookAxis> hookAxes(HookPoint point, const ModelConfig& config, int longest) {
    const HookAxis pos{"pos", longest, true};
    const HookAxis head{"head", config.n_heads, false};
    switch (point) {
    case HookPoint::Q:
    case HookPoint::K:
    case HookPoint::V:
    case HookPoint::Z:
        return {pos, head, {"d_head", config.d_head, false}};
    case HookPoint::Result:
        return {pos, head, {"d_model", config.d_model, false}};
    case HookPoint::AttnScores:
    case HookPoint::Pattern:
        return {head, {"query_pos", longest, true}, {"key_pos", longest, true}};
    case HookPoint::MlpPre:
    case HookPoint::MlpPost:
        return {pos, {"neuron", config.d_mlp, false}};
    case HookPoint::Ln1Scale:
    case HookPoint::Ln1VScale:
    case HookPoint::Ln2Scale:
    case HookPoint::LnFinalScale:
        return {pos, {"scale", 1, false}};
    default:
        return {pos, {"d_model", config.d_model, false}};
    }
}

} // namespace residuum
