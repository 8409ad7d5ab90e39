#include "analysis/removal/trained_model.h"

#include "analysis/removal/site_states.h"
#include "analysis/removal/trainer.h"
#include "core/checkpoint/converted_config.h"
#include "core/checkpoint/json_text.h"
#include "core/checkpoint/model_files.h"
#include "core/checkpoint/safetensors_writer.h"
#include "core/checkpoint/site_names.h"
#include "core/model/parameters.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <map>
#include <nlohmann/json.hpp>

namespace residuum {

namespace {

constexpr double trickEpsilon = 1e12, trickRoot = 1e6;

StoredType storedType(const at::Tensor& t) {
    switch (t.scalar_type()) {
    case at::kDouble:
        return StoredType::Float64;
    case at::kBFloat16:
        return StoredType::BFloat16;
    case at::kHalf:
        return StoredType::Float16;
    default:
        return StoredType::Float32;
    }
}

using Changed = std::map<std::string, at::Tensor>;

/// All tensors in their order, those in `changed` instead of the parameters'.
void writeTensors(const AtomicFolder& folder, const Parameters& parameters, const Changed& changed,
                  Progress& progress) {
    std::vector<checkpoint::TensorToWrite> tensors;
    for (const auto& parameter : parameters.all()) {
        const auto found = changed.find(parameter.key);
        const auto value = found == changed.end() ? parameter.value : found->second;
        if (!at::isfinite(value).all().item<bool>())
            throw Error(parameter.key, "is not finite everywhere; it is not written");
        tensors.push_back(
            {checkpoint::huggingFaceName(parameter.key), storedType(value), value.sizes().vec(),
             [value](const checkpoint::ByteSink& sink) {
                 const auto here = value.cpu().contiguous();
                 sink({static_cast<const std::byte*>(here.data_ptr()), here.nbytes()});
             }});
    }
    checkpoint::writeSafetensors(folder, tensors, progress);
}

nlohmann::json configOf(const TrainedFrom& from, const Parameters& parameters) {
    auto config = checkpoint::readObject(from.folder / "config.json");
    config["model_type"] = "gpt2"; // files of 2019 do not say it
    const auto type = name(storedType(parameters.all().front().value));
    for (const char* key : {"torch_dtype", "dtype"}) // the older and the newer name
        if (config.contains(key) || key == std::string("torch_dtype"))
            config[key] = type;
    config.erase("normalization_sites");
    config[checkpoint::originKey] = {{"version", RESIDUUM_VERSION},
                                     {"trained_by", from.how},
                                     {"from_weights", from.weightsHash}};
    return config;
}

void writeCompanions(const AtomicFolder& folder, const TrainedFrom& from) {
    if (!from.tokenizer.empty())
        checkpoint::copyTokenizerFiles(from.tokenizer, folder);
    checkpoint::copyGenerationConfig(from.folder, folder);
}

const RemovedNorm& removedSite(const NormSite& site, const RemovedSite& which) {
    const auto* removed = std::get_if<RemovedNorm>(&site);
    if (removed == nullptr)
        throw Error(siteName(which), "is still " + kindName(site) +
                                         ": the epsilon trick has one epsilon for a whole model, "
                                         "so it can be used where every site is removed");
    return *removed;
}

/// weight times 1e6 / σ.
void addGain(Changed& changed, const std::string& module, const NormWeights& norm,
             const RemovedNorm& removed) {
    changed[module + ".weight"] =
        (norm.gain.cpu().to(at::kDouble) * (trickRoot / removed.sigma)).to(norm.gain.scalar_type());
}

/// What the queries' and keys' σ changes for the values, taken back in c_attn.
void addValueColumns(Changed& changed, const std::string& prefix, const BlockWeights& block,
                     double ratio) {
    if (ratio == 1.0)
        return;
    const auto d = block.W_QKV.size(0);
    auto W = block.W_QKV.cpu().to(at::kDouble).clone();
    auto b = block.b_QKV.cpu().to(at::kDouble).clone();
    auto values = W.narrow(1, 2 * d, d);
    const auto ofBias = at::matmul(block.ln1_v.bias.cpu().to(at::kDouble), values);
    b.narrow(0, 2 * d, d).add_(ofBias, 1.0 - ratio);
    values.mul_(ratio);
    changed[prefix + "attn.c_attn.weight"] = W.to(block.W_QKV.scalar_type());
    changed[prefix + "attn.c_attn.bias"] = b.to(block.b_QKV.scalar_type());
}

Changed trick(const Weights& weights) {
    Changed changed;
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        const auto& block = weights.blocks[l];
        const auto layer = static_cast<int>(l);
        const auto prefix = "h." + std::to_string(l) + ".";
        const auto& qk = removedSite(block.ln1_qk.site, {SiteKind::Ln1Qk, layer});
        const auto& v = removedSite(block.ln1_v.site, {SiteKind::Ln1V, layer});
        addGain(changed, prefix + "ln_1", block.ln1_qk, qk);
        addValueColumns(changed, prefix, block, qk.sigma / v.sigma);
        addGain(changed, prefix + "ln_2", block.ln2,
                removedSite(block.ln2.site, {SiteKind::Ln2, layer}));
    }
    addGain(changed, "ln_f", weights.ln_f, removedSite(weights.ln_f.site, {SiteKind::LnF, 0}));
    return changed;
}

} // namespace

void writeTrained(const AtomicFolder& folder, const Parameters& parameters, const TrainedFrom& from,
                  Progress& progress) {
    const at::NoGradGuard noGrad;
    auto config = configOf(from, parameters);
    const auto sites = normalizationOf(parameters.weights());
    if (!checkpoint::isPlain(sites, parameters.weights().config))
        config["normalization_sites"] = checkpoint::namedSites(sites);
    checkpoint::writeConfig(folder, config);
    writeTensors(folder, parameters, {}, progress);
    writeCompanions(folder, from);
}

void writeEpsilonTrick(const AtomicFolder& folder, const Parameters& parameters,
                       const TrainedFrom& from, Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto changed = trick(parameters.weights());
    auto config = configOf(from, parameters);
    config["layer_norm_epsilon"] = trickEpsilon;
    checkpoint::writeConfig(folder, config);
    writeTensors(folder, parameters, changed, progress);
    writeCompanions(folder, from);
}

} // namespace residuum
