// A normalisation site as JSON: what config.json's `normalization_sites` has and what reports of
// models carry.
#pragma once

#include "core/checkpoint/normalization.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace residuum {

/// {"kind": "LayerNorm", "eps": …}, {"kind": "removed", "sigma": …}, {"kind": "RMSNorm", "eps": …,
/// "eps_outside": true where it is} or {"kind": "DyT", "alpha": …}.
nlohmann::ordered_json describe(const NormSite& site);

/// Where an entry is silent.
struct SiteDefaults {
    std::optional<double> eps;
    std::optional<double> alpha;
    bool strict = false; ///< refuse members that the kind does not have
};

/// The inverse; a kind's case does not matter. What is wrong (an unknown kind, by its name; a
/// constant that is missing or cannot be) goes to `refuse`, which throws.
NormSite parseSite(const nlohmann::json& entry, const SiteDefaults& defaults,
                   const std::function<void(const std::string& reason)>& refuse);

} // namespace residuum
