#include "core/checkpoint/tensor_names.h"

#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace residuum::checkpoint {

namespace {

/// Modules that torch.compile, DataParallel and FSDP put around others.
constexpr std::array<std::string_view, 4> wrappers = {"_orig_mod", "module", "_fsdp_wrapped_module",
                                                      "_checkpoint_wrapped_module"};
constexpr std::array<std::string_view, 9> bufferNames = {
    "is_fake",        "attn_v_is_fake", "bos_special_treatment", "real_average_std", "real_bos_std",
    "grad_acc_steps", "momentum",       "average_std_buffer",    "bos_std_buffer"};

/// "h.0.ln_1.weight" of "module.transformer.h.0._orig_mod.ln_1.weight".
std::string canonicalName(std::string_view name) {
    std::string canonical;
    while (!name.empty()) {
        const auto length = std::min(name.find('.'), name.size());
        const auto part = name.substr(0, length);
        name.remove_prefix(std::min(length + 1, name.size()));
        const bool wraps =
            !name.empty() && (std::find(wrappers.begin(), wrappers.end(), part) != wrappers.end() ||
                              (canonical.empty() && part == "transformer"));
        if (!wraps)
            canonical.append(canonical.empty() ? "" : ".").append(part);
    }
    return canonical;
}

/// Splits "h.0.ln_1.weight" at its last dot.
std::pair<std::string_view, std::string_view> splitLast(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::pair{std::string_view{}, name}
                                         : std::pair{name.substr(0, dot), name.substr(dot + 1)};
}

bool isNormModule(std::string_view module) {
    return module == "ln_f" || module.ends_with(".ln_1") || module.ends_with(".ln_2");
}

/// gamma and beta, as TensorFlow has them, by their usual names.
std::string withUsualLeaf(std::string key) {
    const auto [module, leaf] = splitLast(key);
    if (isNormModule(module) && leaf == "gamma")
        return std::string(module) + ".weight";
    if (isNormModule(module) && leaf == "beta")
        return std::string(module) + ".bias";
    return key;
}

/// The causal mask that older transformers saved with the weights.
bool isMask(std::string_view canonical) {
    return canonical.starts_with("h.") &&
           (canonical.ends_with(".attn.bias") || canonical.ends_with(".attn.masked_bias"));
}

bool isFloat(ElementType type) {
    return type == ElementType::Float32 || type == ElementType::Float64 ||
           type == ElementType::Float16 || type == ElementType::BFloat16;
}

void requireFloat(const RawTensor& tensor) {
    if (!isFloat(tensor.type))
        throw Error(subject(tensor.file, tensor.name),
                    "is stored as " + name(tensor.type) +
                        ", expected float32, float64, float16 or bfloat16 (quantised checkpoints "
                        "are not supported)");
}

void requireAlpha(const RawTensor& tensor) {
    requireFloat(tensor);
    if (tensor.count() != 1)
        throw Error(subject(tensor.file, tensor.name),
                    "has the shape " + shapeText(tensor.shape) +
                        ", expected one element: a DyT has one alpha");
}

void requireWeight(const RawTensor& tensor, const std::vector<std::int64_t>& shape) {
    requireFloat(tensor);
    if (tensor.shape != shape)
        throw Error(subject(tensor.file, tensor.name), "has the shape " + shapeText(tensor.shape) +
                                                           ", but config.json asks for " +
                                                           shapeText(shape));
}

} // namespace

std::map<std::string, std::vector<std::int64_t>> expectedWeights(const ModelConfig& config) {
    const std::int64_t d = config.d_model;
    const std::int64_t mlp = config.d_mlp;
    std::map<std::string, std::vector<std::int64_t>> expected;
    const auto norm = [&](const std::string& name) {
        expected[name + ".weight"] = {d};
        expected[name + ".bias"] = {d};
    };
    const auto linear = [&](const std::string& name, std::int64_t in, std::int64_t out) {
        expected[name + ".weight"] = {in, out};
        expected[name + ".bias"] = {out};
    };
    expected["wte.weight"] = {config.d_vocab, d};
    expected["wpe.weight"] = {config.n_ctx, d};
    for (int layer = 0; layer < config.n_layers; ++layer) {
        const std::string block = "h." + std::to_string(layer);
        norm(block + ".ln_1");
        linear(block + ".attn.c_attn", d, 3 * d);
        linear(block + ".attn.c_proj", d, d);
        norm(block + ".ln_2");
        linear(block + ".mlp.c_fc", d, mlp);
        linear(block + ".mlp.c_proj", mlp, d);
    }
    norm("ln_f");
    return expected;
}

SortedTensors sortTensors(const RawCheckpoint& checkpoint, const ModelConfig& config,
                          const std::filesystem::path& folder) {
    const auto expected = expectedWeights(config);
    std::map<std::string, const RawTensor*, std::less<>> seen;
    SortedTensors sorted;
    for (const RawTensor& tensor : checkpoint.tensors) {
        const auto key = withUsualLeaf(canonicalName(tensor.name));
        const auto [other, inserted] = seen.emplace(key, &tensor);
        if (!inserted)
            throw Error(subject(tensor.file, tensor.name),
                        "is there a second time as " + oneLine(other->second->name, 80) +
                            "; expected it once, with or without prefixes such as transformer.");
        const auto [module, leaf] = splitLast(key);
        const bool removalBuffer =
            std::find(bufferNames.begin(), bufferNames.end(), leaf) != bufferNames.end();
        if (const auto found = expected.find(key); found != expected.end()) {
            requireWeight(tensor, found->second);
            sorted.weights.emplace(key, &tensor);
        } else if (key == "lm_head.weight") {
            requireWeight(tensor, {config.d_vocab, config.d_model});
            sorted.weights.emplace(key, &tensor);
        } else if (leaf == "alpha" && isNormModule(module) &&
                   expected.contains(std::string(module) + ".weight")) {
            requireAlpha(tensor);
            sorted.weights.emplace(key, &tensor);
        } else if (removalBuffer && expected.contains(std::string(module) + ".weight")) {
            sorted.buffers.emplace(key, &tensor);
        } else if (!isMask(key)) {
            sorted.ignored.push_back(tensor.name);
        }
    }
    std::vector<std::string> missing;
    for (const auto& [name, shape] : expected) {
        if (sorted.weights.contains(name))
            continue;
        const auto [module, leaf] = splitLast(name);
        (isNormModule(module) && leaf == "bias" ? sorted.missingBiases : missing).push_back(name);
    }
    std::sort(sorted.ignored.begin(), sorted.ignored.end());
    if (!missing.empty())
        throw Error(folder.string(),
                    "the weights lack " + listOf(missing) + ", which config.json asks for; " +
                        (sorted.ignored.empty()
                             ? counted(sorted.weights.size(), "weight") +
                                   " of such a model and nothing else was found; they are "
                                   "incomplete"
                             : "found instead: " + listOf(sorted.ignored) +
                                   "; they are incomplete or of another model"));
    return sorted;
}

} // namespace residuum::checkpoint
