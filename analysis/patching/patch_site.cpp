#include "analysis/patching/patch_site.h"

#include <algorithm>

namespace residuum {

std::string groupName(PatchMethod method) {
    auto text = name(method);
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
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

std::vector<PatchSite> allPatchSites() {
    std::vector<PatchSite> sites;
    for (const auto& each : NamesOf<PatchSite>::list)
        sites.push_back(each.first);
    return sites;
}

} // namespace residuum
