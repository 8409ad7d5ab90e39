#include "core/checkpoint/site_names.h"

#include "core/checkpoint/normalization_json.h"
#include "core/task/error.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace residuum::checkpoint {

std::vector<SitePlace> sitePlaces(Normalization& normalization) {
    std::vector<SitePlace> places;
    for (std::size_t l = 0; l < normalization.blocks.size(); ++l) {
        auto& block = normalization.blocks[l];
        const auto prefix = "h." + std::to_string(l) + ".";
        places.push_back({prefix + "ln_1.qk", prefix + "ln_1", &block.ln1_qk});
        places.push_back({prefix + "ln_1.v", prefix + "ln_1", &block.ln1_v});
        places.push_back({prefix + "ln_2", prefix + "ln_2", &block.ln2});
    }
    places.push_back({"ln_f", "ln_f", &normalization.ln_f});
    return places;
}

nlohmann::json namedSites(Normalization normalization) {
    auto sites = nlohmann::json::object();
    for (const SitePlace& place : sitePlaces(normalization)) {
        nlohmann::json entry = describe(*place.site);
        auto kind = entry["kind"].get<std::string>();
        std::transform(kind.begin(), kind.end(), kind.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        entry["kind"] = kind;
        entry.erase("alpha");
        sites[place.name] = entry;
    }
    return sites;
}

std::map<std::string, NormSite>
readNamedSites(const nlohmann::json& entries, const ModelConfig& config,
               const std::function<void(const std::string& reason)>& refuse) {
    if (!entries.is_object())
        refuse("must be an object from site names to kinds");
    Normalization model;
    model.blocks.resize(static_cast<std::size_t>(config.n_layers));
    const auto places = sitePlaces(model);
    const SiteDefaults defaults{config.layer_norm_epsilon, 0.0, true};
    std::map<std::string, NormSite> named;
    for (const auto& [name, entry] : entries.items()) {
        const auto shown = oneLine(name, 60);
        if (std::none_of(places.begin(), places.end(),
                         [&, &wanted = name](const auto& place) { return place.name == wanted; }))
            refuse("names " + shown +
                   ", which is no site of this model; h.L.ln_1.qk, h.L.ln_1.v, "
                   "h.L.ln_2 with L from 0 to " +
                   std::to_string(config.n_layers - 1) + " and ln_f are");
        named[name] = parseSite(entry, defaults, [&](const std::string& reason) {
            refuse("at " + shown + ": " + reason);
        });
    }
    return named;
}

} // namespace residuum::checkpoint
