// Where a run is patched, how its effect is measured and by which method: the words of patching.
// Plain data.
#pragma once

#include <optional>
#include <string>
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

/// "resid_pre", …, "z", …, "z_all_pos", …, "pattern", "mlp_post".
std::string name(PatchSite site);
/// "attribution", "exact", "atp-star", "ig", "eap", "eap-ig", "path".
std::string name(PatchMethod method);
/// The method as a group of a result file: "atp_star" for "atp-star".
std::string groupName(PatchMethod method);
/// "logit_diff", "prob", "logprob", "kl".
std::string name(PatchMetric metric);
/// Whether it is the difference of two answers, so that these must differ.
bool needsTwoAnswers(PatchMetric metric);
/// "clean-into-corrupt", "corrupt-into-clean".
std::string name(PatchDirection direction);

/// Each throws UsageError listing the known names. `option` names what was being read.
PatchSite parsePatchSite(const std::string& text, const std::string& option);
PatchMethod parsePatchMethod(const std::string& text, const std::string& option);
PatchMetric parsePatchMetric(const std::string& text, const std::string& option);
PatchDirection parsePatchDirection(const std::string& text, const std::string& option);

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
const std::vector<PatchSite>& allPatchSites();

} // namespace residuum
