#include "core/checkpoint/removal_run.h"

#include "core/checkpoint/float_text.h"
#include "core/checkpoint/site_names.h"
#include "core/task/error.h"

#include <algorithm>
#include <cmath>

namespace residuum::checkpoint {

namespace {

class Buffers {
  public:
    Buffers(const ModelConfig& config, const SortedTensors& tensors)
        : epsilon_(config.layer_norm_epsilon), tensors_(tensors) {}

    /// The site `module` (e.g. "h.0.ln_1"), removed where the flag buffer `flagName` says so.
    NormSite site(const std::string& module, const char* flagName) const {
        if (flag(module, flagName))
            return RemovedNorm{sigma(module)};
        return LayerNorm{epsilon_};
    }

  private:
    const RawTensor* find(const std::string& module, const char* name) const {
        const auto found = tensors_.buffers.find(module + "." + name);
        return found == tensors_.buffers.end() ? nullptr : found->second;
    }

    const RawTensor& need(const std::string& module, const char* name) const {
        const RawTensor* tensor = find(module, name);
        if (tensor == nullptr) {
            const RawTensor& any = *tensors_.buffers.begin()->second;
            throw Error(subject(any.file, module + "." + name),
                        "is missing, but the file has other buffers of a LayerNorm removal run (" +
                            any.name +
                            "); expected is_fake, attn_v_is_fake and "
                            "average_std_buffer for every LayerNorm");
        }
        return *tensor;
    }

    bool flag(const std::string& module, const char* name) const {
        return flagOf(need(module, name));
    }

    static bool flagOf(const RawTensor& tensor) {
        const double value = tensor.count() == 1 ? elementAsDouble(tensor, 0) : NAN;
        if (value != 0.0 && value != 1.0)
            throw Error(subject(tensor.file, tensor.name),
                        tensor.count() == 1 ? "is " + numberText(value) + ", expected true or false"
                                            : "has " + std::to_string(tensor.count()) +
                                                  " elements, expected a single true or false");
        return value == 1.0;
    }

    double sigma(const std::string& module) const {
        const double value = constant(need(module, "average_std_buffer"));
        const RawTensor* special = find(module, "bos_special_treatment");
        if (special == nullptr || !flagOf(*special))
            return value;
        const RawTensor& bos = need(module, "bos_std_buffer");
        const double first = constant(bos);
        if (first != value)
            throw Error(subject(bos.file, bos.name),
                        "gives the first position its own scale (" + numberText(first) +
                            ", the others " + numberText(value) +
                            "; bos_special_treatment is true); a removed site has one scale here, "
                            "so finish the run or switch the special treatment off first");
        return value;
    }

    /// The one value of a buffer that could hold a value per position or feature.
    static double constant(const RawTensor& tensor) {
        const std::string at = subject(tensor.file, tensor.name);
        if (tensor.count() == 0)
            throw Error(at, "is empty, expected the scale of a removed LayerNorm");
        const std::int64_t one = tensor.count() > 1 ? 1 : 0;
        const double value = elementAsDouble(tensor, one);
        for (std::int64_t i = 0; i < tensor.count(); ++i) {
            const double other = elementAsDouble(tensor, i);
            if (other != value && !(std::isnan(other) && std::isnan(value)))
                throw Error(at, "is not constant (element " + std::to_string(i) + " is " +
                                    numberText(other) + ", element " + std::to_string(one) +
                                    " is " + numberText(value) +
                                    "): it encodes a scale per position or feature, which is not "
                                    "supported; expected one value");
        }
        if (!std::isfinite(value) || value <= 0)
            throw Error(at, "is " + numberText(value) +
                                ", expected a positive finite scale of a removed LayerNorm");
        return value;
    }

    double epsilon_;
    const SortedTensors& tensors_;
};

Normalization fromBuffers(const ModelConfig& config, const SortedTensors& tensors) {
    const Buffers buffers(config, tensors);
    Normalization normalization;
    for (int layer = 0; layer < config.n_layers; ++layer) {
        const std::string block = "h." + std::to_string(layer);
        BlockNorms norms;
        norms.ln1_qk = buffers.site(block + ".ln_1", "is_fake");
        norms.ln1_v = buffers.site(block + ".ln_1", "attn_v_is_fake");
        norms.ln2 = buffers.site(block + ".ln_2", "is_fake");
        normalization.blocks.push_back(norms);
    }
    normalization.ln_f = buffers.site("ln_f", "is_fake");
    return normalization;
}

void refuseBuffersBeside(const std::string& what, const SortedTensors& tensors) {
    if (tensors.buffers.empty())
        return;
    const RawTensor& any = *tensors.buffers.begin()->second;
    throw Error(subject(any.file, any.name), "is a buffer of a LayerNorm removal run, but " + what);
}

const RawTensor* alphaOf(const std::string& module, const SortedTensors& tensors) {
    const auto found = tensors.weights.find(module + ".alpha");
    return found == tensors.weights.end() ? nullptr : found->second;
}

NormSite siteAt(const SitePlace& place, const ModelConfig& config, const SortedTensors& tensors) {
    const RawTensor* alpha = alphaOf(place.module, tensors);
    const auto named = config.namedSites.find(place.name);
    if (named == config.namedSites.end() && alpha == nullptr)
        return siteOfEpsilon(config.layer_norm_epsilon);
    if (named != config.namedSites.end() && !std::holds_alternative<DynamicTanh>(named->second))
        return named->second;
    if (alpha == nullptr)
        throw Error("config.json, normalization_sites, " + place.name,
                    "is a DyT, but the weights lack " + place.module + ".alpha");
    return DynamicTanh{elementAsDouble(*alpha, 0)};
}

/// An alpha that no site uses would be a number left out of the model without a word.
void requireAlphasUsed(Normalization& normalization, const SortedTensors& tensors) {
    const auto places = sitePlaces(normalization);
    for (const auto& [name, tensor] : tensors.weights) {
        if (!name.ends_with(".alpha"))
            continue;
        const bool used = std::any_of(places.begin(), places.end(), [&](const SitePlace& place) {
            return place.module + ".alpha" == name &&
                   std::holds_alternative<DynamicTanh>(*place.site);
        });
        if (!used)
            throw Error(subject(tensor->file, tensor->name),
                        "is the alpha of a DyT, but config.json's normalization_sites say that "
                        "the module is none");
    }
}

} // namespace

Normalization findNormalization(const ModelConfig& config, const SortedTensors& tensors) {
    Normalization normalization;
    normalization.blocks.resize(static_cast<std::size_t>(config.n_layers));
    bool named = !config.namedSites.empty();
    for (const auto& place : sitePlaces(normalization)) {
        *place.site = siteAt(place, config, tensors);
        named = named || std::holds_alternative<DynamicTanh>(*place.site);
    }
    requireAlphasUsed(normalization, tensors);
    if (named)
        refuseBuffersBeside("config.json's normalization_sites or alpha tensors say of what kind "
                            "the sites are; expected one or the other",
                            tensors);
    else if (config.layer_norm_epsilon >= epsilonTrickFrom)
        refuseBuffersBeside("config.json has the layer_norm_epsilon " +
                                numberText(config.layer_norm_epsilon) +
                                " of the epsilon trick; expected one or the other: set the epsilon "
                                "the run was trained with, or drop the buffers",
                            tensors);
    return tensors.buffers.empty() ? normalization : fromBuffers(config, tensors);
}

} // namespace residuum::checkpoint
