#include "core/checkpoint/converted_config.h"

#include "core/checkpoint/json_text.h"
#include "core/checkpoint/model_files.h"
#include "core/checkpoint/site_names.h"

namespace residuum::checkpoint {

namespace {

bool hasAlphas(const Checkpoint& source) {
    for (const auto& [name, tensor] : source.tensors)
        if (name.ends_with(".alpha"))
            return true;
    return false;
}

} // namespace

bool isPlain(const Normalization& normalization, const ModelConfig& config) {
    return normalization.uniform() &&
           normalization.ln_f == siteOfEpsilon(config.layer_norm_epsilon);
}

nlohmann::json convertedConfig(const Checkpoint& source, const Normalization& normalization,
                               bool tiedHead, StoredType type, const std::string& to) {
    auto config = readObject(source.folder / "config.json", 8U << 20U);
    if (!config.contains("model_type") || config["model_type"].is_null())
        config["model_type"] = "gpt2";               // files of 2019 do not say it
    for (const char* key : {"torch_dtype", "dtype"}) // the older and the newer name
        if (config.contains(key) || key == std::string("torch_dtype"))
            config[key] = name(type);
    if (tiedHead != source.config.tie_word_embeddings)
        config["tie_word_embeddings"] = tiedHead;
    // Where only the buffers of a removal run said it, config.json must from now on.
    const bool said = !source.config.namedSites.empty() || hasAlphas(source);
    if (normalization != source.normalization || (!said && !isPlain(normalization, source.config)))
        config["normalization_sites"] = namedSites(normalization);
    config[originKey] = {
        {"version", RESIDUUM_VERSION}, {"converted_to", to}, {"from_weights", source.weightsHash}};
    return config;
}

} // namespace residuum::checkpoint
