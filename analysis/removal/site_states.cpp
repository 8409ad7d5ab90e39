#include "analysis/removal/site_states.h"

#include "core/task/error.h"

#include <cmath>

namespace residuum {

namespace {

const RemovedNorm* removed(const NormSite& site) {
    return std::get_if<RemovedNorm>(&site);
}

std::size_t columnOf(const RemovedSite& site, std::size_t layers) {
    const auto layer = static_cast<std::size_t>(site.layer);
    if (site.kind == SiteKind::LnF)
        return 2 * layers;
    return 2 * layer + (site.kind == SiteKind::Ln2 ? 1 : 0);
}

/// In the order in which they go where their steps are the same.
std::vector<RemovedSite> allSites(std::size_t layers) {
    std::vector<RemovedSite> all;
    for (const auto kind : {SiteKind::Ln2, SiteKind::Ln1Qk, SiteKind::Ln1V})
        for (std::size_t layer = 0; layer < layers; ++layer)
            all.push_back({kind, static_cast<int>(layer)});
    all.push_back({SiteKind::LnF, 0});
    return all;
}

} // namespace

std::vector<std::string> sigmaColumns(std::size_t layers) {
    std::vector<std::string> names;
    for (std::size_t layer = 0; layer < layers; ++layer)
        for (const char* module : {".ln_1", ".ln_2"})
            names.push_back("h." + std::to_string(layer) + module);
    names.emplace_back("ln_f");
    return names;
}

SiteStates::SiteStates(const Normalization& start, double momentum)
    : sites_(start), momentum_(momentum), sigma_(2 * start.blocks.size() + 1, 1.0) {
    for (const auto& which : allSites(sites_.blocks.size())) {
        const auto& here = site(which);
        if (const auto* gone = removed(here))
            sigma_[columnOf(which, sites_.blocks.size())] = gone->sigma;
        else if (!std::holds_alternative<LayerNorm>(here))
            throw Error(siteName(which), "is " + kindName(here) +
                                             "; what can be removed by fine-tuning is LayerNorm");
    }
}

NormSite& SiteStates::site(const RemovedSite& which) {
    if (which.kind == SiteKind::LnF)
        return sites_.ln_f;
    auto& block = sites_.blocks.at(static_cast<std::size_t>(which.layer));
    return which.kind == SiteKind::Ln2    ? block.ln2
           : which.kind == SiteKind::Ln1V ? block.ln1_v
                                          : block.ln1_qk;
}

bool SiteStates::isFrozen(std::size_t column) const {
    if (column == sigma_.size() - 1)
        return removed(sites_.ln_f) != nullptr;
    const auto& block = sites_.blocks[column / 2];
    return removed(column % 2 == 0 ? block.ln1_v : block.ln2) != nullptr;
}

/// The queries' and keys' site goes with its σ until the values' site is gone.
void SiteStates::follow() {
    for (std::size_t layer = 0; layer < sites_.blocks.size(); ++layer) {
        auto& block = sites_.blocks[layer];
        if (removed(block.ln1_qk) != nullptr && removed(block.ln1_v) == nullptr)
            block.ln1_qk = RemovedNorm{sigma_[2 * layer]};
    }
}

void SiteStates::calibrate(const std::vector<double>& spreads) {
    for (std::size_t i = 0; i < sigma_.size(); ++i) {
        const bool given =
            i % 2 == 0 && i + 1 < sigma_.size() && removed(sites_.blocks[i / 2].ln1_qk) != nullptr;
        if (!isFrozen(i) && !given)
            sigma_[i] = spreads.at(i);
    }
}

void SiteStates::track(const std::vector<double>& spreads) {
    for (std::size_t i = 0; i < sigma_.size(); ++i) {
        if (isFrozen(i))
            continue;
        // The authors' ln_1 sees a micro-batch three times.
        const bool ln1 = i % 2 == 0 && i + 1 < sigma_.size();
        const double keep = ln1 ? std::pow(momentum_, 3) : momentum_;
        sigma_[i] = keep * sigma_[i] + (1.0 - keep) * spreads.at(i);
    }
    follow();
}

std::vector<RemovedSite> SiteStates::remove(const Schedule& schedule, int step) {
    std::vector<RemovedSite> gone;
    for (const auto& which : allSites(sites_.blocks.size())) {
        auto& here = site(which);
        if (removed(here) != nullptr || removalStep(schedule, which) > step)
            continue;
        here = RemovedNorm{sigma_[columnOf(which, sites_.blocks.size())]};
        gone.push_back(which);
    }
    return gone;
}

void SiteStates::restore(const Normalization& sites, const std::vector<double>& sigma) {
    sites_ = sites;
    sigma_ = sigma;
}

} // namespace residuum
