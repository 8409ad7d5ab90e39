#include "core/model/model_info_json.h"

#include "core/checkpoint/normalization_json.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <cmath>

namespace residuum {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Larger than any GPT-2; keeps a hostile file from asking for absurd tables.
constexpr int mostLayers = 4096;
constexpr int mostOfASize = 1 << 28;

ordered_json siteJson(const std::string& site, const NormSite& norm) {
    ordered_json entry{{"site", site}};
    entry.update(describe(norm));
    return entry;
}

ordered_json sitesJson(const Normalization& normalization) {
    auto sites = ordered_json::array();
    for (std::size_t l = 0; l < normalization.blocks.size(); ++l) {
        const auto prefix = "blocks." + std::to_string(l) + ".";
        sites.push_back(siteJson(prefix + "ln1 (q, k)", normalization.blocks[l].ln1_qk));
        sites.push_back(siteJson(prefix + "ln1 (v)", normalization.blocks[l].ln1_v));
        sites.push_back(siteJson(prefix + "ln2", normalization.blocks[l].ln2));
    }
    sites.push_back(siteJson("ln_final", normalization.ln_f));
    return sites;
}

ordered_json configJson(const ModelConfig& config) {
    ordered_json entries{
        {"n_layers", config.n_layers}, {"n_heads", config.n_heads},
        {"d_model", config.d_model},   {"d_head", config.d_head},
        {"d_mlp", config.d_mlp},       {"d_vocab", config.d_vocab},
        {"n_ctx", config.n_ctx},       {"layer_norm_epsilon", config.layer_norm_epsilon}};
    // Only what is not every GPT-2's: reports of those stay what they were.
    if (config.activation != Activation::GeluTanh)
        entries["activation"] = name(config.activation);
    if (!config.scaleScores)
        entries["scale_attn_weights"] = false;
    if (config.scaleScoresByLayer)
        entries["scale_attn_by_inverse_layer_idx"] = true;
    return entries;
}

/// Reads the fields of one report.
class Reading {
  public:
    explicit Reading(const std::filesystem::path& file) : file_(file) {}

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(file_.string(), "its report of a model is not usable: " + what);
    }

    int size(const json& object, const char* key, int most = mostOfASize) const {
        const auto found = object.find(key);
        if (found == object.end() || !found->is_number_integer() || *found < 1 || *found > most)
            refuse(std::string(key) + " must be a whole number from 1 to " + std::to_string(most));
        return found->get<int>();
    }

    std::string text(const json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end() || found->is_null())
            return {};
        if (!found->is_string())
            refuse(std::string(key) + " must be text");
        return found->get<std::string>();
    }

    ModelConfig config(const json& object) const {
        ModelConfig config;
        config.n_layers = size(object, "n_layers", mostLayers);
        config.n_heads = size(object, "n_heads", 4095);
        config.d_model = size(object, "d_model");
        config.d_head = size(object, "d_head");
        config.d_mlp = size(object, "d_mlp");
        config.d_vocab = size(object, "d_vocab");
        config.n_ctx = size(object, "n_ctx");
        config.layer_norm_epsilon = number(object, "layer_norm_epsilon");
        config.activation = activation(text(object, "activation"));
        config.scaleScores = flag(object, "scale_attn_weights", true);
        config.scaleScoresByLayer = flag(object, "scale_attn_by_inverse_layer_idx", false);
        return config;
    }

    Normalization sites(const json& list, int n_layers) const {
        if (!list.is_array() || list.size() != 3 * static_cast<std::size_t>(n_layers) + 1)
            refuse("it must name three normalisation sites per layer and one at the end");
        Normalization normalization;
        normalization.blocks.resize(static_cast<std::size_t>(n_layers));
        for (std::size_t l = 0; l < normalization.blocks.size(); ++l) {
            auto& block = normalization.blocks[l];
            block.ln1_qk = site(list[3 * l]);
            block.ln1_v = site(list[3 * l + 1]);
            block.ln2 = site(list[3 * l + 2]);
        }
        normalization.ln_f = site(list.back());
        return normalization;
    }

    const json& member(const json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end())
            refuse(std::string(key) + " is missing");
        return *found;
    }

    bool flag(const json& object, const char* key, bool otherwise) const {
        const auto found = object.find(key);
        if (found == object.end())
            return otherwise;
        if (!found->is_boolean())
            refuse(std::string(key) + " must be true or false");
        return found->get<bool>();
    }

  private:
    Activation activation(const std::string& named) const {
        if (named.empty())
            return Activation::GeluTanh;
        for (const auto known : {Activation::GeluTanh, Activation::GeluErf, Activation::Relu})
            if (name(known) == named)
                return known;
        refuse("the activation \"" + oneLine(named, 60) + "\" is unknown");
    }

    double number(const json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end() || !found->is_number() || !std::isfinite(found->get<double>()))
            refuse(std::string(key) + " must be a number");
        return found->get<double>();
    }

    NormSite site(const json& entry) const {
        return parseSite(entry, {}, [&](const std::string& reason) { refuse(reason); });
    }

    const std::filesystem::path& file_;
};

} // namespace

ordered_json toJson(const ModelInfo& info) {
    ordered_json report;
    report["name"] = info.name;
    report["source"] = info.source;
    report["folder"] = info.folder;
    report["config"] = configJson(info.config);
    report["parameters"] = info.parameterCount;
    report["dtype"] = info.storedTypes;
    report["container"] = info.container;
    report["tokenizer"] =
        info.tokenizerOrigin.empty() ? ordered_json() : ordered_json(info.tokenizerOrigin);
    report["normalization"] = info.normalization.summary();
    report["removed_sites"] = info.normalization.removedCount();
    report["sites"] = sitesJson(info.normalization);
    report["tied_head"] = info.tiedHead;
    report["weights_hash"] = info.weightsHash;
    report["warnings"] = info.warnings;
    return report;
}

ModelInfo modelInfoFromJson(const std::string& text, const std::filesystem::path& file) {
    const auto report = parseStrictJson(file, text);
    const Reading reading(file);
    if (!report.is_object() || !reading.member(report, "config").is_object())
        reading.refuse("it must be an object with a config");
    ModelInfo info;
    info.name = reading.text(report, "name");
    info.source = reading.text(report, "source");
    info.folder = reading.text(report, "folder");
    info.config = reading.config(report["config"]);
    info.normalization = reading.sites(reading.member(report, "sites"), info.config.n_layers);
    if (const auto count = report.find("parameters");
        count != report.end() && count->is_number_integer())
        info.parameterCount = count->get<std::int64_t>();
    info.storedTypes = reading.text(report, "dtype");
    info.container = reading.text(report, "container");
    info.tokenizerOrigin = reading.text(report, "tokenizer");
    info.tiedHead = reading.flag(report, "tied_head", true);
    info.weightsHash = reading.text(report, "weights_hash");
    return info;
}

} // namespace residuum
