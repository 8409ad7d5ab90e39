#include "support/synthetic_model.h"

#include "core/checkpoint/normalization_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace residuum::test {

namespace {

struct Plan {
    std::string name;
    std::vector<std::int64_t> shape;
    float mean = 0.0F;
    float deviation = 0.02F;

    std::int64_t count() const {
        std::int64_t product = 1;
        for (const std::int64_t extent : shape)
            product *= extent;
        return product;
    }
};

std::vector<Plan> planTensors(const ModelConfig& config) {
    const std::int64_t d = config.d_model;
    const std::int64_t m = config.d_mlp;
    const bool epsilonTrick = config.layer_norm_epsilon >= 1e6;
    const auto gain = static_cast<float>(epsilonTrick ? std::sqrt(config.layer_norm_epsilon) : 1.0);
    const auto residual = static_cast<float>(0.02 / std::sqrt(2.0 * config.n_layers));
    std::vector<Plan> plans;
    const auto addAlpha = [&](const std::string& module) {
        for (const char* read : {"", ".qk", ".v"})
            if (const auto site = config.namedSites.find(module + read);
                site != config.namedSites.end())
                if (const auto* norm = std::get_if<DynamicTanh>(&site->second)) {
                    plans.push_back(
                        {module + ".alpha", {1}, static_cast<float>(norm->alpha), 0.0F});
                    return;
                }
    };
    const auto norm = [&](const std::string& name) {
        addAlpha(name);
        plans.push_back({name + ".weight", {d}, gain, 0.05F * gain});
        plans.push_back({name + ".bias", {d}, 0.0F, 0.01F});
    };
    const auto linear = [&](const std::string& name, std::int64_t in, std::int64_t out, float sd) {
        plans.push_back({name + ".weight", {in, out}, 0.0F, sd});
        plans.push_back({name + ".bias", {out}, 0.0F, 0.01F});
    };
    plans.push_back({"wte.weight", {config.d_vocab, d}});
    plans.push_back({"wpe.weight", {config.n_ctx, d}});
    for (int layer = 0; layer < config.n_layers; ++layer) {
        const std::string block = "h." + std::to_string(layer);
        norm(block + ".ln_1");
        linear(block + ".attn.c_attn", d, 3 * d, 0.02F);
        linear(block + ".attn.c_proj", d, d, residual);
        norm(block + ".ln_2");
        linear(block + ".mlp.c_fc", d, m, 0.02F);
        linear(block + ".mlp.c_proj", m, d, residual);
    }
    norm("ln_f");
    return plans;
}

/// Gaussian numbers by table: 2^14 quantiles, so that a gigabyte takes a second and not a minute.
class Gaussian {
  public:
    explicit Gaussian(std::uint64_t seed) : state_(seed) {
        // The quantile function by bisection of erfc: exact enough, and no formula to mistype.
        for (std::size_t i = 0; i < quantiles_.size(); ++i) {
            const double p =
                (static_cast<double>(i) + 0.5) / static_cast<double>(quantiles_.size());
            double low = -6.0;
            double high = 6.0;
            for (int step = 0; step < 40; ++step) {
                const double middle = 0.5 * (low + high);
                (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
            }
            quantiles_[i] = static_cast<float>(0.5 * (low + high));
        }
    }

    void fill(std::span<float> values, float mean, float deviation) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i % 4 == 0)
                bits = next();
            values[i] = mean + deviation * quantiles_[bits & (quantiles_.size() - 1)];
            bits >>= 16;
        }
    }

  private:
    /// SplitMix64.
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }

    std::uint64_t state_;
    std::array<float, 1U << 14> quantiles_{};
};

std::string headerFor(const std::vector<Plan>& plans) {
    std::string header = R"({"__metadata__":{"format":"pt"})";
    std::int64_t offset = 0;
    for (const Plan& plan : plans) {
        header += ",\"" + plan.name + R"(":{"dtype":"F32","shape":[)";
        for (std::size_t i = 0; i < plan.shape.size(); ++i)
            header += (i == 0 ? "" : ",") + std::to_string(plan.shape[i]);
        const std::int64_t end = offset + 4 * plan.count();
        header +=
            R"(],"data_offsets":[)" + std::to_string(offset) + "," + std::to_string(end) + "]}";
        offset = end;
    }
    header += "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    return header;
}

} // namespace

ModelConfig syntheticConfig(int layers, int heads, int width, int vocabulary, int context) {
    ModelConfig config;
    config.n_layers = layers;
    config.n_heads = heads;
    config.d_model = width;
    config.d_head = width / heads;
    config.d_mlp = 4 * width;
    config.d_vocab = vocabulary;
    config.n_ctx = context;
    return config;
}

std::string name(Sites sites) {
    constexpr std::array names{"LayerNorm",   "Removed", "RmsNorm", "Outside",
                               "DynamicTanh", "Mixed",   "Scaled"};
    return names[static_cast<std::size_t>(sites)];
}

ModelConfig withSites(ModelConfig config, Sites sites) {
    const std::array<NormSite, 5> kinds{LayerNorm{}, RemovedNorm{0.05}, DynamicTanh{20.0},
                                        RmsNorm{1e-6}, RmsNorm{1e-3, true}};
    std::vector<std::string> names;
    for (int layer = 0; layer < config.n_layers; ++layer)
        for (const char* site : {"ln_1.qk", "ln_1.v", "ln_2"})
            names.push_back("h." + std::to_string(layer) + "." + site);
    names.emplace_back("ln_f");
    const auto everywhere = [&](const NormSite& kind) {
        for (const auto& name : names)
            config.namedSites[name] = kind;
    };
    switch (sites) {
    case Sites::LayerNorm:
        break;
    case Sites::Removed:
        config.layer_norm_epsilon = 1e12;
        break;
    case Sites::DynamicTanh:
        everywhere(kinds[2]);
        break;
    case Sites::RmsNorm:
        everywhere(kinds[3]);
        break;
    case Sites::Outside:
        everywhere(kinds[4]);
        break;
    case Sites::Mixed:
        for (std::size_t i = 0; i < names.size(); ++i)
            config.namedSites[names[i]] = kinds[i % kinds.size()];
        config.namedSites["ln_f"] = kinds[4];
        break;
    case Sites::Scaled:
        config.scaleScoresByLayer = true;
        config.activation = Activation::GeluErf;
        break;
    }
    return config;
}

namespace {

std::string namedSitesJson(const ModelConfig& config) {
    auto entries = nlohmann::ordered_json::object();
    for (const auto& [site, norm] : config.namedSites) {
        auto entry = describe(norm);
        entry.erase("alpha"); // it is in the weights
        entries[site] = entry;
    }
    return entries.dump();
}

} // namespace

std::string configJson(const ModelConfig& config, const std::string& extra) {
    std::array<char, 32> epsilon{};
    std::snprintf(epsilon.data(), epsilon.size(), "%.17g", config.layer_norm_epsilon);
    const auto pair = [](const char* key, int value) {
        return "  \"" + std::string(key) + "\": " + std::to_string(value) + ",\n";
    };
    const auto further = [](bool there, const std::string& text) {
        return there ? ",\n  " + text : std::string();
    };
    return "{\n  \"activation_function\": \"" + name(config.activation) +
           "\",\n"
           "  \"architectures\": [\"GPT2LMHeadModel\"],\n  \"model_type\": \"gpt2\",\n" +
           pair("n_layer", config.n_layers) + pair("n_head", config.n_heads) +
           pair("n_embd", config.d_model) + pair("n_inner", config.d_mlp) +
           pair("vocab_size", config.d_vocab) + pair("n_positions", config.n_ctx) +
           pair("n_ctx", config.n_ctx) +
           "  \"tie_word_embeddings\": " + (config.tie_word_embeddings ? "true" : "false") +
           ",\n  \"layer_norm_epsilon\": " + epsilon.data() +
           further(!config.scaleScores, "\"scale_attn_weights\": false") +
           further(config.scaleScoresByLayer, "\"scale_attn_by_inverse_layer_idx\": true") +
           further(!config.namedSites.empty(),
                   "\"normalization_sites\": " + namedSitesJson(config)) +
           further(!extra.empty(), extra) + "\n}\n";
}

void writeText(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + path.string());
}

void writeSyntheticGpt2(const std::filesystem::path& folder, const ModelConfig& config,
                        std::uint64_t seed) {
    std::filesystem::create_directories(folder);
    writeText(folder / "config.json", configJson(config));
    const std::vector<Plan> plans = planTensors(config);
    const std::string header = headerFor(plans);
    std::ofstream file(folder / "model.safetensors", std::ios::binary);
    const std::uint64_t length = header.size();
    file.write(reinterpret_cast<const char*>(&length), sizeof length);
    file.write(header.data(), static_cast<std::streamsize>(header.size()));
    Gaussian gaussian(seed);
    std::vector<float> block(1U << 18);
    for (const Plan& plan : plans) {
        for (std::int64_t left = plan.count(); left > 0;) {
            const std::int64_t n = std::min(left, static_cast<std::int64_t>(block.size()));
            const std::span<float> part(block.data(), static_cast<std::size_t>(n));
            gaussian.fill(part, plan.mean, plan.deviation);
            file.write(reinterpret_cast<const char*>(part.data()),
                       static_cast<std::streamsize>(part.size_bytes()));
            left -= n;
        }
    }
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + (folder / "model.safetensors").string());
}

std::vector<NamedTensor> syntheticTensors(const ModelConfig& config, std::uint64_t seed) {
    Gaussian gaussian(seed);
    std::vector<NamedTensor> tensors;
    for (const Plan& plan : planTensors(config)) {
        std::vector<float> values(static_cast<std::size_t>(plan.count()));
        gaussian.fill(values, plan.mean, plan.deviation);
        tensors.push_back({plan.name, "F32", plan.shape, bytesOf(values)});
    }
    return tensors;
}

} // namespace residuum::test
