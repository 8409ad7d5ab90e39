#include "core/checkpoint/config.h"

#include "core/checkpoint/json_text.h"
#include "core/checkpoint/site_names.h"
#include "core/task/error.h"

#include <cmath>
#include <string>
#include <vector>

namespace residuum {

namespace {

using checkpoint::asInteger;
using checkpoint::shown;
using Json = nlohmann::json;

/// Far beyond any GPT-2, and small enough that no product of sizes below overflows.
constexpr std::int64_t maxLayers = 10'000;
constexpr std::int64_t maxHeads = 100'000;
constexpr std::int64_t maxWidth = 1'000'000;
constexpr std::int64_t maxEntries = 100'000'000;

class ConfigReader {
  public:
    explicit ConfigReader(const std::filesystem::path& path)
        : path_(path), json_(checkpoint::readObject(path, 8U << 20U)) {}

    ModelConfig read(std::vector<std::string>& warnings) const {
        checkArchitecture(warnings);
        checkVariant();
        ModelConfig config;
        config.n_layers = size("n_layer", maxLayers);
        config.n_heads = size("n_head", maxHeads);
        config.d_model = size("n_embd", maxWidth);
        config.d_vocab = size("vocab_size", maxEntries);
        config.n_ctx = size(find("n_positions") != nullptr ? "n_positions" : "n_ctx", maxEntries);
        config.d_mlp =
            find("n_inner") != nullptr ? size("n_inner", maxEntries) : 4 * config.d_model;
        if (config.d_model % config.n_heads != 0)
            fail("n_head",
                 "is " + std::to_string(config.n_heads) +
                     ", expected a divisor of n_embd = " + std::to_string(config.d_model));
        config.d_head = config.d_model / config.n_heads;
        config.layer_norm_epsilon = epsilon();
        config.tie_word_embeddings = flag("tie_word_embeddings", true);
        config.activation = activation();
        config.scaleScores = flag("scale_attn_weights", true);
        config.scaleScoresByLayer = flag("scale_attn_by_inverse_layer_idx", false);
        if (const Json* sites = find("normalization_sites"))
            config.namedSites =
                checkpoint::readNamedSites(*sites, config, [&](const std::string& reason) {
                    fail("normalization_sites", reason);
                });
        return config;
    }

  private:
    /// A key's value; null where it is missing or null, both of which mean "the default".
    const Json* find(const char* key) const {
        const auto found = json_.find(key);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }

    [[noreturn]] void fail(const std::string& key, const std::string& reason) const {
        throw Error(path_.string() + ", key " + key, reason);
    }

    void checkArchitecture(std::vector<std::string>& warnings) const {
        const Json* type = find("model_type");
        if (type != nullptr && *type != "gpt2")
            fail("model_type", "is " + shown(*type) + ", expected \"gpt2\"");
        const Json* architectures = find("architectures");
        bool gpt2 = type != nullptr;
        if (architectures != nullptr) {
            if (!architectures->is_array())
                fail("architectures", "is " + shown(*architectures) + ", expected a list of names");
            for (const Json& architecture : *architectures) {
                if (!architecture.is_string() ||
                    architecture.get_ref<const std::string&>().find("GPT2") == std::string::npos)
                    fail("architectures",
                         "names " + shown(architecture) + ", expected GPT2LMHeadModel");
                gpt2 = true;
                if (architecture == "MistralGPT2LMHeadModel" &&
                    find("scale_attn_by_inverse_layer_idx") == nullptr)
                    warnings.push_back(
                        "config.json names MistralGPT2LMHeadModel: in some versions of its code "
                        "attention scores were divided by the layer's number + 1 without a key "
                        "that says so; they are not here. Compare a loss you know.");
            }
        }
        if (gpt2)
            return;
        for (const char* key : {"n_layer", "n_head", "n_embd"})
            if (find(key) == nullptr)
                fail("model_type", "is missing, expected \"gpt2\" (or \"architectures\": "
                                   "[\"GPT2LMHeadModel\"])");
        warnings.push_back("config.json names no model_type and no architectures, as files of "
                           "2019 do; it is read as a GPT-2's because it has its keys.");
    }

    /// Everything in a GPT-2 configuration that changes what the model computes.
    void checkVariant() const {
        if (const Json* type = find("attention_head_type"); type != nullptr && *type != "multihead")
            fail("attention_head_type", "is " + shown(*type) +
                                            ", expected \"multihead\": heads that share keys and "
                                            "values are not supported");
        if (const Json* pruned = find("pruned_heads"); pruned != nullptr && !pruned->empty())
            fail("pruned_heads", "is " + shown(*pruned) +
                                     ", expected {}: models with heads cut out are not supported");
        if (flag("add_cross_attention", false))
            fail("add_cross_attention", "is true; models with cross-attention are not supported");
        // Changes the order of operations and the precision under float16 only, not the result.
        (void)flag("reorder_and_upcast_attn", false);
    }

    Activation activation() const {
        const Json* value = find("activation_function");
        if (value == nullptr)
            return Activation::GeluTanh;
        for (const char* synonym : {"gelu_new", "gelu_fast", "gelu_pytorch_tanh"})
            if (*value == synonym)
                return Activation::GeluTanh;
        for (const auto activation : {Activation::GeluErf, Activation::Relu})
            if (*value == name(activation))
                return activation;
        fail("activation_function", "is " + shown(*value) +
                                        ", expected \"gelu_new\" (or \"gelu_fast\" or "
                                        "\"gelu_pytorch_tanh\"), \"gelu\" or \"relu\"");
    }

    bool flag(const char* key, bool fallback) const {
        const Json* value = find(key);
        if (value == nullptr)
            return fallback;
        if (!value->is_boolean())
            fail(key, "is " + shown(*value) + ", expected true or false");
        return value->get<bool>();
    }

    int size(const char* key, std::int64_t most) const {
        const Json* value = find(key);
        if (value == nullptr)
            fail(key, "is missing, expected an integer");
        const auto number = asInteger(*value);
        if (!number || *number < 1 || *number > most)
            fail(key,
                 "is " + shown(*value) + ", expected an integer from 1 to " + std::to_string(most));
        return static_cast<int>(*number);
    }

    double epsilon() const {
        const Json* value = find("layer_norm_epsilon");
        if (value == nullptr)
            return 1e-5;
        if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() < 0)
            fail("layer_norm_epsilon",
                 "is " + shown(*value) + ", expected a finite number that is not negative");
        return value->get<double>();
    }

    std::filesystem::path path_;
    Json json_;
};

} // namespace

std::string name(Activation activation) {
    switch (activation) {
    case Activation::GeluTanh:
        return "gelu_new";
    case Activation::GeluErf:
        return "gelu";
    case Activation::Relu:
        return "relu";
    }
    return {};
}

double ModelConfig::scoreScale(int layer) const {
    const double scale = scaleScores ? 1.0 / std::sqrt(static_cast<double>(d_head)) : 1.0;
    return scaleScoresByLayer ? scale / (layer + 1) : scale;
}

ModelConfig readConfig(const std::filesystem::path& configJson,
                       std::vector<std::string>* warnings) {
    std::vector<std::string> unread;
    return ConfigReader(configJson).read(warnings == nullptr ? unread : *warnings);
}

} // namespace residuum
