// Conversion of checkpoints, on their tensors and configuration; what models say is compared in
// tests/app/test_convert_command.cpp.
#include "core/checkpoint/conversion.h"

#include "core/checkpoint/float_conversion.h"
#include "core/checkpoint/model_files.h"
#include "refusal.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;
using namespace checkpoint;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class T>
double throughType(StoredType type, double value, T& bits) {
    std::array<std::byte, sizeof(T)> bytes{};
    encode(type, std::array{value}, bytes);
    std::memcpy(&bits, bytes.data(), sizeof bits);
    std::array<double, 1> back{};
    decode(type, bytes, back);
    return back[0];
}

class NarrowTypes : public ::testing::TestWithParam<StoredType> {};

TEST_P(NarrowTypes, EveryNumberIsItself) {
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const auto number = static_cast<std::uint16_t>(bits);
        std::array<double, 1> value{};
        decode(GetParam(), std::as_bytes(std::span(&number, 1)), value);
        if (!std::isfinite(value[0]))
            continue;
        std::uint16_t back = 0;
        throughType(GetParam(), value[0], back);
        ASSERT_EQ(back, number) << value[0];
    }
}

TEST_P(NarrowTypes, RoundsOnceToTheNearestEvenNumber) {
    const bool half = GetParam() == StoredType::Float16;
    const int fractionBits = half ? 10 : 7, lowest = half ? -14 : -126;
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> fraction(-2.0, 2.0);
    std::uniform_int_distribution<int> power(lowest - fractionBits - 3, half ? 14 : 126);
    std::uint16_t bits = 0;
    for (int i = 0; i < 200'000; ++i) {
        double value = std::ldexp(fraction(random), power(random));
        if (i % 4 == 0) // exactly between two numbers
            value = std::ldexp(std::round(std::ldexp(fraction(random), fractionBits + 1)),
                               power(random));
        const int exponent = std::max(value == 0.0 ? lowest : std::ilogb(value), lowest);
        const double unit = std::ldexp(1.0, exponent - fractionBits);
        const double want = std::nearbyint(value / unit) * unit;
        if (std::fabs(want) <= largestNumber(GetParam())) {
            ASSERT_EQ(throughType(GetParam(), value, bits), want) << value;
        }
    }
    // Halfway to the number that would come after the largest; that one would be even.
    const double beyond =
        largestNumber(GetParam()) + std::ldexp(1.0, (half ? 15 : 127) - fractionBits - 1);
    EXPECT_EQ(throughType(GetParam(), beyond, bits), HUGE_VAL);
    EXPECT_EQ(throughType(GetParam(), std::nextafter(beyond, 0.0), bits),
              largestNumber(GetParam()));
    EXPECT_EQ(throughType(GetParam(), -1e300, bits), -HUGE_VAL);
    EXPECT_EQ(throughType(GetParam(), largestNumber(GetParam()), bits), largestNumber(GetParam()));
    EXPECT_TRUE(std::signbit(throughType(GetParam(), -1e-300, bits)));
}

INSTANTIATE_TEST_SUITE_P(Types, NarrowTypes,
                         ::testing::Values(StoredType::Float16, StoredType::BFloat16),
                         [](const auto& tested) { return name(tested.param); });

TEST(Float32, EndsWhereFloatEnds) {
    std::uint32_t bits = 0;
    EXPECT_EQ(throughType(StoredType::Float32, 0x1.fffffefp127, bits), 0x1.fffffep127);
    EXPECT_EQ(throughType(StoredType::Float32, 0x1.ffffffp127, bits), HUGE_VAL);
    EXPECT_EQ(throughType(StoredType::Float32, -1e300, bits), -HUGE_VAL);
}

class Conversions : public ::testing::Test {
  protected:
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    /// smallConfig's model, config.json with `extra` in it.
    fs::path source(ModelConfig config = smallConfig(), const std::string& extra = "") const {
        writeModel(at("source"), config, syntheticTensors(config, 1));
        if (!extra.empty())
            writeText(at("source/config.json"), configJson(config, extra));
        return at("source");
    }
    Converted convertTo(const std::string& to, const std::string& as = "out",
                        const fs::path& from = {}) const {
        const auto opened = open(from.empty() ? at("source") : from);
        return convertTo(opened, conversionNamed(to, opened), as);
    }
    Converted convertTo(const Checkpoint& opened, const Conversion& conversion,
                        const std::string& as) const {
        AtomicFolder folder(at(as), requireOwnModel);
        Progress progress;
        auto done = convert(opened, conversion, folder, progress);
        folder.commit();
        return done;
    }
    json configOf(const std::string& name) const {
        std::ifstream stream(at(name) / "config.json");
        return json::parse(stream);
    }

    TemporaryFolder folder_;
};

std::vector<double> numbersOf(const Checkpoint& model, const std::string& name) {
    const StoredTensor& tensor = model.tensors.find(name)->second;
    std::vector<double> values(tensor.bytes.size() / byteSize(tensor.type));
    decode(tensor.type, tensor.bytes, values);
    return values;
}

TEST_F(Conversions, PreRmsNormCentresWhatIsWrittenAndNothingElse) {
    const auto from = open(source());
    const auto done = convertTo("pre-rmsnorm");
    EXPECT_TRUE(done.untied);
    const auto to = open(at("out"));
    EXPECT_FALSE(to.tiedHead);
    EXPECT_EQ(to.storedTypes, "float32");
    EXPECT_EQ(to.warnings, std::vector<std::string>());
    EXPECT_EQ(to.normalization.summary(), "RMSNorm");
    EXPECT_EQ(to.normalization, done.normalization);
    EXPECT_EQ(std::get<RmsNorm>(to.normalization.ln_f), (RmsNorm{1e-5, false}));
    for (const auto& [name, tensor] : from.tensors) {
        const auto before = numbersOf(from, name), after = numbersOf(to, name);
        const bool centred = name == "wte.weight" || name == "wpe.weight" ||
                             name.find("c_proj") != std::string::npos;
        EXPECT_EQ(before == after, !centred) << name;
        for (std::size_t row = 0; centred && row < before.size(); row += 4) {
            const double mean = std::accumulate(&before[row], &before[row] + 4, 0.0) / 4;
            for (std::size_t i = row; i < row + 4; ++i)
                EXPECT_NEAR(after[i], before[i] - mean, 1e-8) << name;
        }
    }
    EXPECT_EQ(numbersOf(to, "lm_head.weight"), numbersOf(from, "wte.weight"));
}

TEST_F(Conversions, AnUntiedHeadStaysWhatItIs) {
    auto tensors = syntheticTensors(smallConfig(), 1);
    auto head = tensorNamed(tensors, "wte.weight");
    head.name = "lm_head.weight";
    head.bytes[0] ^= std::byte{1};
    tensors.push_back(head);
    writeModel(at("source"), smallConfig(), tensors);
    const auto from = open(at("source"));
    EXPECT_FALSE(convertTo("pre-rmsnorm").untied);
    EXPECT_EQ(numbersOf(open(at("out")), "lm_head.weight"), numbersOf(from, "lm_head.weight"));
    // The source says that the head is tied, and Hugging Face would believe it.
    EXPECT_EQ(configOf("out")["tie_word_embeddings"], false);
}

TEST_F(Conversions, AHeadThatOnlyRepeatsTheEmbeddingIsWrittenTied) {
    auto config = smallConfig();
    config.tie_word_embeddings = false;
    auto tensors = syntheticTensors(config, 1);
    tensors.push_back(tensorNamed(tensors, "wte.weight"));
    tensors.back().name = "lm_head.weight";
    writeModel(at("source"), config, tensors);
    convertTo("float32");
    EXPECT_EQ(configOf("out")["tie_word_embeddings"], true);
    EXPECT_EQ(open(at("out")).weightsHash, open(at("source")).weightsHash);
}

TEST_F(Conversions, RemovedSitesStay) {
    auto config = smallConfig();
    config.namedSites["h.0.ln_1.v"] = RemovedNorm{0.5};
    config.namedSites["h.1.ln_2"] = LayerNorm{1e-3};
    source(config);
    convertTo("pre-rmsnorm");
    const auto sites = open(at("out")).normalization;
    EXPECT_EQ(sites.blocks[0].ln1_v, NormSite(RemovedNorm{0.5}));
    EXPECT_EQ(sites.blocks[1].ln2, NormSite(RmsNorm{1e-3}));
    EXPECT_EQ(sites.countOf("RMSNorm"), 6u);
    EXPECT_EQ(configOf("out")["normalization_sites"]["h.0.ln_1.v"].dump(),
              R"({"kind":"removed","sigma":0.5})");
    EXPECT_EQ(configOf("out")["normalization_sites"]["h.1.ln_2"].dump(),
              R"({"eps":0.001,"kind":"rmsnorm"})");
}

TEST_F(Conversions, SitesThatDoNotCentreAreRefusedByName) {
    for (const auto sites : {Sites::RmsNorm, Sites::DynamicTanh, Sites::Mixed}) {
        source(withSites(smallConfig(), sites));
        EXPECT_THAT(refusal([&] { convertTo("pre-rmsnorm"); }),
                    AllOf(HasSubstr("source, site h.0.ln_"), HasSubstr("is for models of")));
        EXPECT_FALSE(fs::exists(at("out")));
    }
}

TEST_F(Conversions, EveryKindIsTheSameModelAfterAChangeOfType) {
    for (const auto sites : {Sites::LayerNorm, Sites::Removed, Sites::RmsNorm, Sites::Outside,
                             Sites::DynamicTanh, Sites::Mixed, Sites::Scaled}) {
        const auto from = open(source(withSites(smallConfig(), sites)));
        const auto as = "out-" + name(sites);
        const auto done = convertTo("float32", as);
        EXPECT_EQ(done.relativeDifference, 0.0);
        EXPECT_EQ(open(at(as)).weightsHash, from.weightsHash) << as;
        EXPECT_EQ(open(at(as)).warnings, std::vector<std::string>());
    }
}

TEST_F(Conversions, BuffersOfARemovalRunBecomeNamedSites) {
    const auto from = open(golden() / "formats/half-removed");
    convertTo("float32", "out", golden() / "formats/half-removed");
    const auto to = open(at("out"));
    EXPECT_EQ(to.weightsHash, from.weightsHash);
    EXPECT_EQ(to.normalization, from.normalization);
    EXPECT_EQ(configOf("out")["normalization_sites"].size(), 7u);
    EXPECT_EQ(configOf("out")["normalization_sites"]["h.0.ln_2"]["kind"], "removed");
}

TEST_F(Conversions, BFloat16SaysWhatItLoses) {
    const auto from = open(source());
    const auto done = convertTo("bfloat16");
    EXPECT_GT(done.relativeDifference, 0x1p-10);
    EXPECT_LE(done.relativeDifference, 0x1p-8);
    EXPECT_EQ(done.belowNormal, 0);
    ASSERT_TRUE(from.tensors.contains(done.differsMost)) << done.differsMost;
    const auto to = open(at("out"));
    EXPECT_EQ(to.storedTypes, "bfloat16");
    double largest = 0.0;
    for (const auto& [name, tensor] : from.tensors) {
        const auto before = numbersOf(from, name), after = numbersOf(to, name);
        for (std::size_t i = 0; i < before.size(); ++i)
            largest = std::max(largest, std::fabs(after[i] / before[i] - 1));
    }
    EXPECT_NEAR(done.relativeDifference, largest, 1e-12);
    // What bfloat16 holds, float32 holds.
    EXPECT_EQ(convertTo("float32", "back", at("out")).relativeDifference, 0.0);
}

TEST_F(Conversions, Float16CountsWhatIsTooSmall) {
    auto tensors = syntheticTensors(smallConfig(), 1);
    const std::vector<float> values{1e-6F, 1e-9F, 0.0F, 1.0F};
    tensorNamed(tensors, "h.0.ln_1.bias").bytes = bytesOf(values);
    writeModel(at("source"), smallConfig(), tensors);
    const auto done = convertTo("float16");
    EXPECT_GE(done.belowNormal, 2);
    EXPECT_LE(done.belowNormalDifference, 0x1p-25);
    EXPECT_LE(done.relativeDifference, 0x1p-11);
}

TEST_F(Conversions, Float16OfTheEpsilonTrickIsRefusedWithTensorAndValue) {
    source(withSites(smallConfig(), Sites::Removed));
    EXPECT_THAT(refusal([&] { convertTo("float16"); }),
                AllOf(HasSubstr("source, tensor h.0.ln_1.weight: element 0 is "),
                      HasSubstr("beyond 65504"), HasSubstr("epsilon trick"),
                      HasSubstr("use bfloat16 or float32")));
    EXPECT_FALSE(fs::exists(at("out")));
    convertTo("bfloat16");
    EXPECT_EQ(open(at("out")).normalization.summary(), "removed");
}

TEST_F(Conversions, AWideSourceStaysWideUnderPreRmsNorm) {
    source();
    convertTo(open(at("source")), {StoredType::Float64, false}, "wide");
    EXPECT_EQ(open(at("wide")).storedTypes, "float64");
    convertTo("pre-rmsnorm", "out", at("wide"));
    EXPECT_EQ(open(at("out")).storedTypes, "float64");
    EXPECT_EQ(configOf("out")["torch_dtype"], "float64");
    EXPECT_EQ(convertTo("float32", "narrow", at("wide")).relativeDifference, 0.0);
}

TEST_F(Conversions, TheConfigurationKeepsWhatItHas) {
    source(smallConfig(), R"("summary_first_dropout": 0.1, "mine": {"b": [1, 2.5], "a": null},
                            "dtype": "float32", "layer_norm_epsilon_note": 1e-05)");
    convertTo("bfloat16");
    const auto before = configOf("source"), after = configOf("out");
    for (const auto& [key, value] : before.items()) {
        if (key != "dtype") {
            EXPECT_EQ(after[key], value) << key;
        }
    }
    EXPECT_EQ(after["torch_dtype"], "bfloat16");
    EXPECT_EQ(after["dtype"], "bfloat16");
    EXPECT_EQ(after["residuum"]["converted_to"], "bfloat16");
    EXPECT_EQ(after["residuum"]["from_weights"], open(at("source")).weightsHash);
    EXPECT_FALSE(after.contains("normalization_sites"));
}

TEST_F(Conversions, AFileOf2019GetsItsModelType) {
    source();
    writeText(at("source/config.json"),
              R"({"n_layer": 2, "n_head": 2, "n_embd": 4, "vocab_size": 7, "n_positions": 5})");
    convertTo("float32");
    EXPECT_EQ(configOf("out")["model_type"], "gpt2");
    EXPECT_EQ(open(at("out")).weightsHash, open(at("source")).weightsHash);
}

TEST_F(Conversions, OnlyAModelWrittenHereIsReplaced) {
    source();
    convertTo("float32");
    convertTo("bfloat16"); // in its place
    EXPECT_EQ(open(at("out")).storedTypes, "bfloat16");
    writeText(at("out/notes.txt"), "mine");
    EXPECT_THAT(refusal([&] { convertTo("float32"); }), HasSubstr("(notes.txt)"));
    EXPECT_THAT(refusal([&] { convertTo("float32", "source"); }),
                HasSubstr("is there already, and is not empty"));
    EXPECT_EQ(open(at("out")).storedTypes, "bfloat16");
    EXPECT_EQ(open(at("source")).storedTypes, "float32");
}

TEST_F(Conversions, ShardsOfASmallModelReadBack) {
    const auto from = open(source());
    {
        AtomicFolder folder(at("out"), requireOwnModel);
        Progress progress;
        convert(from, {StoredType::Float32, false}, folder, progress, 200);
        folder.commit();
    }
    const auto to = open(at("out"));
    EXPECT_THAT(to.container, HasSubstr("safetensors, "));
    EXPECT_EQ(to.weightsHash, from.weightsHash);
    // From shards into one file.
    convertTo("float32", "whole", at("out"));
    EXPECT_EQ(open(at("whole")).container, "safetensors");
    EXPECT_EQ(open(at("whole")).weightsHash, from.weightsHash);
}

TEST_F(Conversions, ASourceThatChangesMeanwhileIsNoticed) {
    const auto from = open(source());
    const auto config = smallConfig();
    writeModel(at("source"), config, syntheticTensors(config, 2));
    EXPECT_THROW(convertTo(from, {StoredType::BFloat16, false}, "out"), Error);
    EXPECT_FALSE(fs::exists(at("out")));
}

} // namespace
} // namespace residuum::test
