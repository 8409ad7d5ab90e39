#include "analysis/removal/initial_model.h"

#include "analysis/inputs/dataset_stream.h"
#include "core/checkpoint/json_text.h"
#include "core/checkpoint/model_files.h"
#include "core/checkpoint/safetensors_writer.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <span>

namespace residuum {

namespace {

constexpr double deviation = 0.02;

/// Normal numbers from the Mersenne twister by Box and Muller: the distributions of <random> are
/// another one in every library.
class Gaussian {
  public:
    explicit Gaussian(std::uint64_t seed) : random_(seed) {}

    float next(double scale) {
        if (!second_) {
            const double radius = std::sqrt(-2.0 * std::log(uniform()));
            const double angle = 2.0 * M_PI * uniform();
            second_ = radius * std::sin(angle);
            return static_cast<float>(scale * radius * std::cos(angle));
        }
        const double value = *second_;
        second_.reset();
        return static_cast<float>(scale * value);
    }

  private:
    /// In (0, 1].
    double uniform() { return (static_cast<double>(random_() >> 11U) + 1.0) / 0x1p53; }

    std::mt19937_64 random_;
    std::optional<double> second_;
};

class InitialTensors {
  public:
    InitialTensors(const ModelShape& shape, int vocabulary, std::uint64_t seed)
        : shape_(shape), random_(seed) {
        const std::int64_t d = shape.width, m = 4 * d;
        const double writes = deviation / std::sqrt(2.0 * shape.layers);
        normal("wte.weight", {vocabulary, d}, deviation);
        normal("wpe.weight", {shape.context, d}, deviation);
        for (int layer = 0; layer < shape.layers; ++layer) {
            const auto block = "h." + std::to_string(layer) + ".";
            norm(block + "ln_1");
            linear(block + "attn.c_attn", d, 3 * d, deviation);
            linear(block + "attn.c_proj", d, d, writes);
            norm(block + "ln_2");
            linear(block + "mlp.c_fc", d, m, deviation);
            linear(block + "mlp.c_proj", m, d, writes);
        }
        norm("ln_f");
    }

    const std::vector<checkpoint::TensorToWrite>& all() const { return tensors_; }

  private:
    void add(const std::string& key, std::vector<std::int64_t> shape,
             const std::function<float()>& next) {
        std::int64_t count = 1;
        for (const auto extent : shape)
            count *= extent;
        tensors_.push_back({checkpoint::huggingFaceName(key), StoredType::Float32, std::move(shape),
                            [count, next](const checkpoint::ByteSink& sink) {
                                std::vector<float> values(static_cast<std::size_t>(count));
                                for (auto& value : values)
                                    value = next();
                                sink(std::as_bytes(std::span(values)));
                            }});
    }
    void normal(const std::string& key, std::vector<std::int64_t> shape, double scale) {
        add(key, std::move(shape), [this, scale] { return random_.next(scale); });
    }
    void constant(const std::string& key, std::int64_t length, float value) {
        add(key, {length}, [value] { return value; });
    }
    void norm(const std::string& module) {
        constant(module + ".weight", shape_.width, 1.0F);
        constant(module + ".bias", shape_.width, 0.0F);
    }
    void linear(const std::string& module, std::int64_t in, std::int64_t out, double scale) {
        normal(module + ".weight", {in, out}, scale);
        constant(module + ".bias", out, 0.0F);
    }

    const ModelShape& shape_;
    Gaussian random_;
    std::vector<checkpoint::TensorToWrite> tensors_;
};

nlohmann::json beginningJson(const ModelShape& shape, std::uint64_t seed) {
    return {{"layers", shape.layers},   {"heads", shape.heads},           {"width", shape.width},
            {"context", shape.context}, {"vocabulary", shape.vocabulary}, {"seed", seed}};
}

nlohmann::json configOf(const ModelShape& shape, std::int32_t endOfText, double dropout) {
    return {{"activation_function", "gelu_new"},
            {"architectures", nlohmann::json::array({"GPT2LMHeadModel"})},
            {"attn_pdrop", dropout},
            {"bos_token_id", endOfText},
            {"embd_pdrop", dropout},
            {"eos_token_id", endOfText},
            {"initializer_range", deviation},
            {"layer_norm_epsilon", 1e-5},
            {"model_type", "gpt2"},
            {"n_ctx", shape.context},
            {"n_embd", shape.width},
            {"n_head", shape.heads},
            {"n_inner", nullptr},
            {"n_layer", shape.layers},
            {"n_positions", shape.context},
            {"resid_pdrop", dropout},
            {"torch_dtype", "float32"},
            {"vocab_size", endOfText + 1}};
}

} // namespace

void requireShape(const ModelShape& shape) {
    if (shape.width % shape.heads != 0)
        throw UsageError("--heads " + std::to_string(shape.heads),
                         "does not divide --width " + std::to_string(shape.width));
}

BpeVocabulary vocabularyOf(const std::filesystem::path& file, int vocabulary, Progress& progress) {
    PieceCounts pieces;
    forEachText(
        file, [&](const std::string& text) { pieces.add(text); }, progress);
    auto made = trainBpe(pieces, vocabulary, progress);
    if (made.tokens.size() < static_cast<std::size_t>(vocabulary))
        throw Error(file.string(),
                    "gives a vocabulary of " + counted(made.tokens.size(), "token") + ", not " +
                        std::to_string(vocabulary) +
                        ": no further pair of tokens comes twice; give more text or --vocabulary " +
                        std::to_string(made.tokens.size()));
    return made;
}

void writeInitialModel(const AtomicFolder& folder, const ModelShape& shape,
                       const BpeVocabulary& vocabulary, std::uint64_t seed, double dropout,
                       Progress& progress) {
    auto config = configOf(shape, vocabulary.endOfText(), dropout);
    config[checkpoint::originKey] = {{"version", RESIDUUM_VERSION},
                                     {"begun_with", beginningJson(shape, seed)}};
    checkpoint::writeConfig(folder, config);
    writeTokenizer(vocabulary, shape.context, folder);
    const InitialTensors tensors(shape, static_cast<int>(vocabulary.tokens.size()), seed);
    checkpoint::writeSafetensors(folder, tensors.all(), progress);
}

void requireSameBeginning(const std::filesystem::path& folder, const ModelShape& shape,
                          std::uint64_t seed) {
    const auto config = checkpoint::readObject(folder / "config.json");
    const auto path =
        nlohmann::json::json_pointer(std::string("/") + checkpoint::originKey + "/begun_with");
    if (!config.contains(path))
        throw Error(folder.string(), "does not say with what it was begun");
    const auto& before = config[path];
    const auto now = beginningJson(shape, seed);
    for (const auto& [name, value] : now.items())
        if (!before.contains(name) || before[name] != value)
            throw Error(folder.string(),
                        "was begun with another " + name + " (" +
                            (before.contains(name) ? before[name].dump() : "none") + ", and " +
                            value.dump() +
                            " now); resume with what it began with, or name "
                            "another folder");
}

} // namespace residuum
