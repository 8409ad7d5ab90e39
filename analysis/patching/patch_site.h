// Where a run is patched, how its effect is measured and by which method: the words of patching.
// Plain data.
#pragma once

#include "core/text/names.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residuum {

/// The activation that is replaced (SCIENCE §3). "All": a head's whole activation at every position
/// at once.
enum class PatchSite {
    ResidPre, ///< blocks.{l}.hook_resid_pre, by [layer, pos]
    ResidMid, ///< blocks.{l}.hook_resid_mid, by [layer, pos]
    AttnOut,  ///< blocks.{l}.hook_attn_out, by [layer, pos]
    MlpOut,   ///< blocks.{l}.hook_mlp_out, by [layer, pos]
    Z,        ///< blocks.{l}.attn.hook_z, by [layer, head, pos]
    Q,        ///< blocks.{l}.attn.hook_q, by [layer, head, pos]
    K,        ///< blocks.{l}.attn.hook_k, by [layer, head, pos]
    V,        ///< blocks.{l}.attn.hook_v, by [layer, head, pos]
    ZAll,     ///< hook_z at all positions, by [layer, head]
    QAll,     ///< hook_q at all positions, by [layer, head]
    KAll,     ///< hook_k at all positions, by [layer, head]
    VAll,     ///< hook_v at all positions, by [layer, head]
    Pattern,  ///< blocks.{l}.attn.hook_pattern, by [layer, head]
    MlpPost   ///< blocks.{l}.mlp.hook_post at all positions, by neuron (the top ones)
};

enum class PatchMethod {
    Attribution,         ///< (a_source - a_base) · gradient at the base: first order
    Exact,               ///< the activation replaced and the rest recomputed
    AtpStar,             ///< AtP* of Kramár et al. 2024: QK fix and GradDrop; magnitudes
    IntegratedGradients, ///< attribution with the gradient averaged along base → source embeddings
    Eap,                 ///< edge attribution patching, Syed et al. 2023
    EapIg,               ///< the same with the averaged gradient, Hanna et al. 2024
    Path                 ///< one sender's output replaced in chosen receivers' inputs, exactly
};

/// What is measured at the last position.
enum class PatchMetric {
    LogitDiff, ///< logit[correct] - logit[incorrect]
    Prob,      ///< probability of the correct token
    LogProb,   ///< its natural logarithm
    Kl         ///< KL(clean ‖ run) over the vocabulary, in nats
};

enum class PatchDirection {
    CleanIntoCorrupt, ///< denoising: base = corrupted run, source = clean run
    CorruptIntoClean  ///< noising: base = clean run, source = corrupted run
};

template <>
struct NamesOf<PatchSite> {
    static constexpr std::array<std::pair<PatchSite, std::string_view>, 14> list{{
        {PatchSite::ResidPre, "resid_pre"},
        {PatchSite::ResidMid, "resid_mid"},
        {PatchSite::AttnOut, "attn_out"},
        {PatchSite::MlpOut, "mlp_out"},
        {PatchSite::Z, "z"},
        {PatchSite::Q, "q"},
        {PatchSite::K, "k"},
        {PatchSite::V, "v"},
        {PatchSite::ZAll, "z_all_pos"},
        {PatchSite::QAll, "q_all_pos"},
        {PatchSite::KAll, "k_all_pos"},
        {PatchSite::VAll, "v_all_pos"},
        {PatchSite::Pattern, "pattern"},
        {PatchSite::MlpPost, "mlp_post"},
    }};
};

template <>
struct NamesOf<PatchMethod> {
    static constexpr std::array<std::pair<PatchMethod, std::string_view>, 7> list{{
        {PatchMethod::Attribution, "attribution"},
        {PatchMethod::Exact, "exact"},
        {PatchMethod::AtpStar, "atp-star"},
        {PatchMethod::IntegratedGradients, "ig"},
        {PatchMethod::Eap, "eap"},
        {PatchMethod::EapIg, "eap-ig"},
        {PatchMethod::Path, "path"},
    }};
};

template <>
struct NamesOf<PatchMetric> {
    static constexpr std::array<std::pair<PatchMetric, std::string_view>, 4> list{{
        {PatchMetric::LogitDiff, "logit_diff"},
        {PatchMetric::Prob, "prob"},
        {PatchMetric::LogProb, "logprob"},
        {PatchMetric::Kl, "kl"},
    }};
};

template <>
struct NamesOf<PatchDirection> {
    static constexpr std::array<std::pair<PatchDirection, std::string_view>, 2> list{{
        {PatchDirection::CleanIntoCorrupt, "clean-into-corrupt"},
        {PatchDirection::CorruptIntoClean, "corrupt-into-clean"},
    }};
};

/// The method as a group of a result file: "atp_star" for "atp-star".
std::string groupName(PatchMethod method);
/// Whether it is the difference of two answers, so that these must differ.
bool needsTwoAnswers(PatchMetric metric);

/// Unit of a metric's differences, for labels: "logits", "probability", "nats".
std::string unitOf(PatchMetric metric);

/// What the cells of a site are: one layer × …
struct SiteAxes {
    bool head = false;
    bool pos = false;
    bool neuron = false; ///< named neurons instead of layers
};
SiteAxes axesOf(PatchSite site);

/// The site of one head at all positions that belongs to a site by position, Z → ZAll; empty for
/// sites without heads.
std::optional<PatchSite> allPositionsOf(PatchSite site);

/// Every site, in the order of PatchSite.
std::vector<PatchSite> allPatchSites();

} // namespace residuum
