// The normalisation sites by the names that config.json's `normalization_sites` uses.
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/normalization.h"

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace residuum::checkpoint {

/// A site of a model, its name ("h.0.ln_1.qk", "h.0.ln_1.v", "h.0.ln_2", "ln_f") and the module
/// whose tensors it has ("h.0.ln_1").
struct SitePlace {
    std::string name, module;
    NormSite* site;
};
/// All of them, in the order of the model; pointers into `normalization`.
std::vector<SitePlace> sitePlaces(Normalization& normalization);

/// All of them as `normalization_sites`, in the contract's spelling; a DyT's alpha is in the
/// weights.
nlohmann::json namedSites(Normalization normalization);

/// The entries of `normalization_sites`, each of a name that a model of this size has. Of a DyT the
/// alpha is to be taken from the weights. `refuse` throws what is wrong.
std::map<std::string, NormSite>
readNamedSites(const nlohmann::json& entries, const ModelConfig& config,
               const std::function<void(const std::string& reason)>& refuse);

} // namespace residuum::checkpoint
