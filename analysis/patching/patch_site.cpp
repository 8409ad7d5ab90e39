#include "analysis/patching/patch_site.h"

#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace residuum {

namespace {

template <class Enum, std::size_t N>
using Names = std::array<std::pair<Enum, const char*>, N>;

constexpr Names<PatchSite, 14> siteNames{{
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

constexpr Names<PatchMethod, 7> methodNames{{
    {PatchMethod::Attribution, "attribution"},
    {PatchMethod::Exact, "exact"},
    {PatchMethod::AtpStar, "atp-star"},
    {PatchMethod::IntegratedGradients, "ig"},
    {PatchMethod::Eap, "eap"},
    {PatchMethod::EapIg, "eap-ig"},
    {PatchMethod::Path, "path"},
}};

constexpr Names<PatchMetric, 4> metricNames{{
    {PatchMetric::LogitDiff, "logit_diff"},
    {PatchMetric::Prob, "prob"},
    {PatchMetric::LogProb, "logprob"},
    {PatchMetric::Kl, "kl"},
}};

constexpr Names<PatchDirection, 2> directionNames{{
    {PatchDirection::CleanIntoCorrupt, "clean-into-corrupt"},
    {PatchDirection::CorruptIntoClean, "corrupt-into-clean"},
}};

template <class Enum, std::size_t N>
std::string nameIn(const Names<Enum, N>& names, Enum wanted) {
    for (const auto& [value, text] : names)
        if (value == wanted)
            return text;
    return {};
}

template <class Enum, std::size_t N>
Enum parseIn(const Names<Enum, N>& names, const std::string& text, const std::string& option) {
    std::string known;
    for (const auto& [value, each] : names) {
        if (text == each)
            return value;
        known += (known.empty() ? "" : ", ") + std::string(each);
    }
    throw UsageError(option + " " + text, "unknown; there are " + known);
}

} // namespace

std::string name(PatchSite site) {
    return nameIn(siteNames, site);
}
std::string name(PatchMethod method) {
    return nameIn(methodNames, method);
}
std::string name(PatchMetric metric) {
    return nameIn(metricNames, metric);
}
std::string name(PatchDirection direction) {
    return nameIn(directionNames, direction);
}

std::string groupName(PatchMethod method) {
    auto text = name(method);
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
}

PatchSite parsePatchSite(const std::string& text, const std::string& option) {
    return parseIn(siteNames, text, option);
}
PatchMethod parsePatchMethod(const std::string& text, const std::string& option) {
    return parseIn(methodNames, text, option);
}
PatchMetric parsePatchMetric(const std::string& text, const std::string& option) {
    return parseIn(metricNames, text, option);
}
PatchDirection parsePatchDirection(const std::string& text, const std::string& option) {
    return parseIn(directionNames, text, option);
}

bool needsTwoAnswers(PatchMetric metric) {
    return metric == PatchMetric::LogitDiff;
}

std::string unitOf(PatchMetric metric) {
    switch (metric) {
    case PatchMetric::LogitDiff:
        return "logits";
    case PatchMetric::Prob:
        return "probability";
    case PatchMetric::LogProb:
    case PatchMetric::Kl:
        return "nats";
    }
    return {};
}

SiteAxes axesOf(PatchSite site) {
    using enum PatchSite;
    switch (site) {
    case ResidPre:
    case ResidMid:
    case AttnOut:
    case MlpOut:
        return {.head = false, .pos = true, .neuron = false};
    case Z:
    case Q:
    case K:
    case V:
        return {.head = true, .pos = true, .neuron = false};
    case ZAll:
    case QAll:
    case KAll:
    case VAll:
    case Pattern:
        return {.head = true, .pos = false, .neuron = false};
    case MlpPost:
        return {.head = false, .pos = false, .neuron = true};
    }
    return {};
}

std::optional<PatchSite> allPositionsOf(PatchSite site) {
    switch (site) {
    case PatchSite::Z:
        return PatchSite::ZAll;
    case PatchSite::Q:
        return PatchSite::QAll;
    case PatchSite::K:
        return PatchSite::KAll;
    case PatchSite::V:
        return PatchSite::VAll;
    default:
        return std::nullopt;
    }
}

const std::vector<PatchSite>& allPatchSites() {
    static const std::vector<PatchSite> sites = [] {
        std::vector<PatchSite> all;
        for (const auto& [site, text] : siteNames)
            all.push_back(site);
        return all;
    }();
    return sites;
}

} // namespace residuum
