#include "analysis/neurons/neuron_analysis.h"
#include "analysis/neurons/spectrum_file.h"
#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"
#include "neurons_support.h"

#include <gtest/gtest.h>

#include <fstream>

namespace residuum::test {
namespace {

bool same(const Table& a, const Table& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a == b || (a.isNaN() && b.isNaN())).all();
}

TEST(NeuronStore, AResultReadBackIsTheOneThatWasComputed) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm, DType::Float32);
    ResultCache cache({folder.path() / "cache", std::uint64_t{1} << 30});
    NeuronRequest request;
    request.choice.top = 4;
    request.screen = true;
    request.perToken = true;
    request.also = {NeuronIndex(90)};
    PromptInput input;
    input.tokens = randomInput({9, 4});
    for (const auto& sequence : input.tokens.sequences)
        input.request.ids.push_back(sequence.tokens);
    Progress progress;
    const auto ask = [&] {
        return answer<NeuronAnalysis>(&cache, CacheUse::ReadAndWrite, *model, input, request,
                                      progress);
    };
    const auto computed = ask(), stored = ask();
    EXPECT_FALSE(computed.fromCache);
    ASSERT_TRUE(stored.fromCache) << computed.warning;
    const auto &a = *computed.result, &b = *stored.result;
    EXPECT_EQ(a.chosen.neurons, b.chosen.neurons);
    EXPECT_EQ(a.random.neurons, b.random.neurons);
    EXPECT_EQ(a.weights.norm, b.weights.norm);
    EXPECT_EQ(a.weights.singular, b.weights.singular);
    EXPECT_TRUE(same(a.weights.nullCurve, b.weights.nullCurve));
    EXPECT_EQ(a.activations.mean, b.activations.mean);
    EXPECT_TRUE(same(a.activations.topToken, b.activations.topToken));
    EXPECT_EQ(a.cumulative.counts, b.cumulative.counts);
    EXPECT_TRUE(same(a.cumulative.meanAbs, b.cumulative.meanAbs));
    EXPECT_TRUE(same(a.cumulativeRandom.mean, b.cumulativeRandom.mean));
    EXPECT_TRUE(same(a.screening->bound, b.screening->bound));
    EXPECT_TRUE(same(a.written.promoted, b.written.promoted));
    for (std::size_t e = 0; e < effectCount; ++e) {
        EXPECT_TRUE(same(a.perToken[e], b.perToken[e])) << e;
        EXPECT_TRUE(same(a.chosen.quantile[e], b.chosen.quantile[e])) << e;
    }
    ASSERT_EQ(a.tokens.size(), b.tokens.size());
    EXPECT_EQ(a.chosenOnes, 4U);
    EXPECT_EQ(b.chosenOnes, 4U);
    EXPECT_TRUE(same(a.activation, b.activation));
    EXPECT_TRUE(same(a.random.pooledQuantile, b.random.pooledQuantile));
    EXPECT_EQ(a.tokens.back().loss, b.tokens.back().loss);
    EXPECT_EQ(a.tokens.back().position, b.tokens.back().position);
}

/// Studies of one small model with one cache, in a process of their own each.
class PreparedSpectrum : public ::testing::Test {
  protected:
    std::filesystem::path file() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(store / "results"))
            if (entry.path().filename().string().starts_with(preparedPrefix))
                files.push_back(entry.path());
        EXPECT_EQ(files.size(), 1U);
        return files.empty() ? std::filesystem::path() : files.front();
    }
    /// `layer`: a request that the cache has no result of yet.
    std::vector<double> singularOf(int layer, CacheUse use = CacheUse::ReadAndWrite) {
        ResultCache cache({store, std::uint64_t{1} << 30});
        NeuronRequest request;
        request.layer = layer;
        request.choice.top = 2;
        PromptInput input;
        input.tokens = randomInput({9, 4});
        Progress progress;
        const auto found = answer<NeuronAnalysis>(&cache, use, *model, input, request, progress);
        EXPECT_FALSE(found.fromCache);
        return found.result->weights.singular;
    }
    /// What the file holds becomes four times as large, under the same seal.
    void change() {
        const auto place = file();
        UnembeddingSpectrum spectrum;
        {
            const Hdf5Reader reader(place);
            spectrum = readSpectrum(reader);
        }
        spectrum.values *= 4.0;
        ResultCache cache({store, std::uint64_t{1} << 30});
        PreparedFiles(&cache, CacheUse::ReadAndWrite)
            .keep(place.stem().string().substr(std::string(preparedPrefix).size()),
                  [&](Hdf5Writer& writer) { writeSpectrum(writer, spectrum); });
    }

    const TemporaryFolder folder;
    std::filesystem::path store = folder.path() / "cache";
    std::shared_ptr<const Model> model = smallModel(folder, Sites::LayerNorm);
};

TEST_F(PreparedSpectrum, IsNotComputedAgainByAnotherProcess) {
    const auto computed = singularOf(0);
    const ResultCache cache({store, 0});
    EXPECT_EQ(cache.info().prepared, 1U);
    EXPECT_EQ(cache.info().results, 1U);
    EXPECT_EQ(singularOf(1), computed) << "bit for bit";
    change();
    const auto read = singularOf(2);
    ASSERT_EQ(read.size(), computed.size());
    for (std::size_t i = 0; i < read.size(); ++i)
        EXPECT_DOUBLE_EQ(read[i], 2.0 * computed[i]) << "it is the file's";
    EXPECT_EQ(singularOf(2, CacheUse::WriteOnly), computed) << "whatever is stored";
    Progress progress;
    EXPECT_TRUE(cache.verify(progress).setAside.empty());
}

TEST_F(PreparedSpectrum, IsComputedAgainWhereItsFileIsDamaged) {
    const auto computed = singularOf(0);
    std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(-100, std::ios::end);
    damaged.put('x').put('y');
    damaged.close();
    EXPECT_EQ(singularOf(1), computed);
    const ResultCache cache({store, 0});
    EXPECT_EQ(cache.info().damaged, 1U);
    EXPECT_EQ(cache.info().prepared, 1U) << "stored anew";
}

TEST_F(PreparedSpectrum, IsPrunedAndNeedsNoCache) {
    const auto computed = singularOf(0);
    EXPECT_EQ(ResultCache({store, 0}).prune(0).removed, 2U);
    EXPECT_EQ(ResultCache({store, 0}).info().prepared, 0U);
    store = folder.path() / "file" / "cache";
    std::ofstream(folder.path() / "file") << "in the way";
    EXPECT_EQ(singularOf(1), computed);
}

TEST(NeuronStore, ARequestSurvivesItsText) {
    NeuronRequest request;
    request.choice = parseNeuronChoice("7,3");
    request.layer = 2;
    request.ablation = Ablation::Zero;
    request.nullSpace = 5;
    request.seed = 11;
    const auto text = R"({"neurons": )" + NeuronAnalysis::settings(request) + "}";
    EXPECT_EQ(NeuronAnalysis::requestOf(text, "test"), request);
}

TEST(NeuronStore, RequestsForTheSameNumbersHaveTheSameSettings) {
    NeuronRequest named;
    named.choice = parseNeuronChoice("7,3");
    auto ranked = named;
    ranked.by = NeuronRank::Norm; // of no account where neurons are named
    EXPECT_EQ(NeuronAnalysis::settings(named), NeuronAnalysis::settings(ranked));
    NeuronRequest top;
    top.by = NeuronRank::TotalLoss;
    auto screened = top;
    screened.screen = true; // implied
    EXPECT_EQ(NeuronAnalysis::settings(top), NeuronAnalysis::settings(screened));
    auto seeded = top;
    seeded.seed = 4;
    EXPECT_NE(NeuronAnalysis::settings(top), NeuronAnalysis::settings(seeded));
    top.randomNeurons = seeded.randomNeurons = 0;
    EXPECT_EQ(NeuronAnalysis::settings(top), NeuronAnalysis::settings(seeded));
}

} // namespace
} // namespace residuum::test
