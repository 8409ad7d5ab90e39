// A result is never held in memory more than twice, while it is written or read.
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_analysis.h"
#include "dla_support.h"
#include "support/sanitized.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace residuum {
namespace {

/// Of this process, in bytes: "VmRSS", what it holds; "VmHWM", the most it has held.
std::size_t held(const std::string& which) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(which + ":"))
            return std::stoull(line.substr(which.size() + 1)) * 1024;
    return 0;
}

/// What is held at most while `work` is done, beyond what was held before.
template <class Work>
std::size_t mostHeldBy(const Work& work) {
    malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5"; // VmHWM begins anew
    const auto before = held("VmRSS");
    work();
    return held("VmHWM") - before;
}

double noise(std::size_t i) {
    return static_cast<double>((i * 2654435761U) % 1000003U) / 1000003.0;
}

/// Numbers that cannot be compressed. Returns their bytes.
std::size_t fill(Table& table, Eigen::Index rows, Eigen::Index columns) {
    table.resize(rows, columns);
    for (Eigen::Index i = 0; i < table.size(); ++i)
        table.data()[i] = static_cast<float>(noise(static_cast<std::size_t>(i)));
    return static_cast<std::size_t>(table.size()) * sizeof(double);
}

ModelInfo modelOf(int layers, int heads, int d_mlp) {
    ModelInfo info;
    info.name = info.source = "m";
    info.config.n_layers = layers;
    info.config.n_heads = heads;
    info.normalization.blocks.resize(static_cast<std::size_t>(layers));
    info.config.d_model = info.config.d_head = 8;
    info.config.d_mlp = d_mlp;
    info.config.d_vocab = 50;
    info.config.n_ctx = 4096;
    return info;
}

TokenInput tokensOf(std::size_t sequences, std::size_t length) {
    return {std::vector<TokenSequence>(sequences,
                                       {std::vector<TokenId>(length, TokenId(1)), std::nullopt})};
}

class ResultMemory : public ::testing::Test {
  protected:
    void SetUp() override {
        if (test::sanitized)
            GTEST_SKIP() << "holds more memory";
        const auto seen = mostHeldBy([] { const std::vector<char> some(64U << 20U, 'x'); });
        if (seen < (60U << 20U) || seen > (80U << 20U))
            GTEST_SKIP() << "the system does not tell what is held";
    }

    /// `bytes`: of `result`; `most`: how many times as much may be held beside it.
    template <class Q>
    void measure(const typename Q::Result& result, const typename Q::Input& input,
                 std::size_t bytes, double most = 1.0) {
        const auto file = folder_.path() / "result.h5";
        const std::shared_ptr<const typename Q::Result> unowned(
            std::shared_ptr<const typename Q::Result>(), &result);
        const auto size = static_cast<double>(bytes);
        const auto writing =
            mostHeldBy([&] { saveResults<Q>(file, {unowned}, input, result.request, nullptr); });
        EXPECT_LT(static_cast<double>(writing), most * size) << "beside the result";
        const ResultReader reader(file, FileOrigin::Own);
        std::shared_ptr<typename Q::Result> again;
        const auto reading = mostHeldBy([&] { again = Q::read(reader, 0); });
        EXPECT_LT(static_cast<double>(reading), 2.0 * size) << "with the result";
        std::printf("%s: %.0f MB; writing holds %.2f of it more, reading %.2f in all\n", Q::kind,
                    size / 1e6, static_cast<double>(writing) / size,
                    static_cast<double>(reading) / size);
        compare(*again, result);
    }

    static void compare(const DlaResult& a, const DlaResult& b) {
        EXPECT_TRUE(test::sameNumbers(a, b));
    }
    static void compare(const PatchResult& a, const PatchResult& b) {
        EXPECT_TRUE(test::sameBits(a.grids.at(0).values, b.grids.at(0).values));
    }
    static void compare(const NeuronResult& a, const NeuronResult& b) {
        for (std::size_t e = 0; e < effectCount; ++e)
            EXPECT_TRUE(test::sameBits(a.perToken[e], b.perToken[e]));
        EXPECT_TRUE(test::sameBits(a.activation, b.activation));
    }

    test::TemporaryFolder folder_;
};

TEST_F(ResultMemory, OfAttribution) {
    PromptInput input;
    input.tokens = tokensOf(128, 1024);
    DlaResult result;
    result.model = modelOf(4, 8, 16);
    result.request = test::everyPosition();
    result.request.topPredictions = 0;
    result.components = allComponents(4, 8);
    for (int sample = 0; sample < 128; ++sample)
        for (int pos = 0; pos < 1024; ++pos) {
            auto& row = result.rows.emplace_back();
            row.sample = sample;
            row.position = PositionIndex(pos);
        }
    const auto rows = static_cast<Eigen::Index>(result.rows.size());
    const auto components = static_cast<Eigen::Index>(result.components.size());
    const auto bytes = fill(result.dla, components, rows) +
                       fill(result.directEffect, components, rows) +
                       result.rows.size() * sizeof(AttributionRow);
    fill(result.nmae.perHead, 4, 8);
    measure<DlaAnalysis>(result, input, bytes);
}

TEST_F(ResultMemory, OfPatching) {
    constexpr int pairs = 64, layers = 48, heads = 32, length = 128;
    PairInput input;
    input.tokens = {tokensOf(pairs, length), tokensOf(pairs, length), tokensOf(pairs, 2)};
    PatchResult result;
    result.model = modelOf(layers, heads, 16);
    result.request.sites = {PatchSite::Z};
    result.request.methods = {PatchMethod::Exact};
    result.cleanMetric.assign(pairs, 1.0);
    result.corruptMetric.assign(pairs, 0.0);
    auto& grid = result.grids.emplace_back(
        PatchGrid{PatchMethod::Exact, PatchSite::Z, {layers, heads, length}, {}});
    const auto bytes = fill(grid.values, pairs, Eigen::Index{layers} * heads * length);
    measure<PatchAnalysis>(result, input, bytes, 2.0); // with a copy to resample
}

TEST_F(ResultMemory, OfNeurons) {
    constexpr int neurons = 1000, sequences = 2, length = 1024;
    PromptInput input;
    input.tokens = tokensOf(sequences, length);
    NeuronResult result;
    result.model = modelOf(1, 1, neurons);
    result.request.perToken = true;
    result.request.choice.kind = ChoiceKind::All;
    for (int sample = 0; sample < sequences; ++sample)
        for (int pos = 0; pos + 1 < length; ++pos)
            result.tokens.push_back({sample, PositionIndex(pos), 1.0, 1.0});
    auto& weights = result.weights;
    auto& activations = result.activations;
    for (auto* values :
         {&weights.norm, &weights.logitVar, &activations.mean, &activations.deviation,
          &activations.least, &activations.most, &activations.positive})
        values->assign(neurons, 1.0);
    weights.singular.assign(8, 1.0);
    fill(weights.nullCurve, neurons, 1);
    activations.topToken = Table::Zero(neurons, listedTokens);
    fill(activations.topActivation, neurons, listedTokens);
    for (int n = 0; n < neurons; ++n)
        result.chosen.neurons.emplace_back(n);
    result.chosenOnes = neurons;
    const auto effects = [](NeuronEffects& of) {
        const auto rows = static_cast<Eigen::Index>(of.neurons.size());
        fill(of.mean, rows, effectCount);
        fill(of.meanAbs, rows, effectCount);
        for (auto& quantile : of.quantile)
            fill(quantile, rows, quantileLevels.size());
        fill(of.pooledQuantile, effectCount, quantileLevels.size());
    };
    effects(result.chosen);
    effects(result.random);
    for (auto* table : {&result.written.promoted, &result.written.suppressed})
        *table = Table::Zero(neurons, listedTokens);
    fill(result.written.promotedBy, neurons, listedTokens);
    fill(result.written.suppressedBy, neurons, listedTokens);
    std::size_t bytes = fill(result.activation, neurons, Eigen::Index{sequences} * length);
    for (auto& table : result.perToken)
        bytes += fill(table, neurons, static_cast<Eigen::Index>(result.tokens.size()));
    measure<NeuronAnalysis>(result, input, bytes);
}

} // namespace
} // namespace residuum
