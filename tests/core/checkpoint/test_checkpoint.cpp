// Names, shapes, types, values, the head, and what the hash depends on.
#include "refusal.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <stop_token>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SmallModel : public ::testing::Test {
  protected:
    std::vector<NamedTensor> tensors_ = syntheticTensors(smallConfig(), 1);
    ModelConfig config_ = smallConfig();
    TemporaryFolder folder_;

    void write() { writeModel(folder_.path(), config_, tensors_); }
    Checkpoint opened() {
        write();
        return open(folder_.path());
    }
    std::string refused() {
        write();
        return refusalToOpen(folder_.path());
    }
    NamedTensor& at(const std::string& name) { return tensorNamed(tensors_, name); }
    template <typename T>
    void set(const std::string& name, std::size_t index, T value) {
        std::memcpy(at(name).bytes.data() + index * sizeof(T), &value, sizeof value);
    }
};

TEST_F(SmallModel, HasCanonicalNamesWithAndWithoutPrefix) {
    const Checkpoint plain = opened();
    EXPECT_TRUE(plain.tensors.contains("h.1.attn.c_attn.weight"));
    EXPECT_THAT(plain.tensors.find("h.1.attn.c_attn.weight")->second.shape, ElementsAre(4, 12));
    EXPECT_TRUE(plain.tiedHead);
    EXPECT_THAT(plain.warnings, IsEmpty());
    for (NamedTensor& tensor : tensors_)
        tensor.name = "transformer." + tensor.name;
    const Checkpoint prefixed = opened();
    EXPECT_TRUE(prefixed.tensors.contains("wte.weight"));
    EXPECT_EQ(prefixed.weightsHash, plain.weightsHash);
}

TEST_F(SmallModel, HasCanonicalNamesBehindAnyWrapper) {
    const Checkpoint plain = opened();
    const auto sound = tensors_;
    const auto wrapped = [&](const std::string& before, const std::string& inBlocks) {
        tensors_ = sound;
        for (NamedTensor& tensor : tensors_) {
            if (tensor.name.starts_with("h."))
                tensor.name.insert(4, inBlocks);
            tensor.name.insert(0, before);
        }
        const Checkpoint checkpoint = opened();
        EXPECT_EQ(checkpoint.weightsHash, plain.weightsHash) << before << inBlocks;
        EXPECT_THAT(checkpoint.warnings, IsEmpty());
    };
    wrapped("_orig_mod.", "");
    wrapped("module.", "");
    wrapped("module._orig_mod.transformer.", "");
    wrapped("transformer._orig_mod.", "");
    wrapped("transformer.", "_orig_mod.");
    wrapped("_fsdp_wrapped_module.transformer.", "_checkpoint_wrapped_module.");
    tensors_ = sound;
    tensors_.push_back(at("ln_f.bias"));
    tensors_.back().name = "_orig_mod.ln_f.bias";
    EXPECT_THAT(refused(), AllOf(HasSubstr("_orig_mod.ln_f.bias"), HasSubstr("second time")));
}

TEST_F(SmallModel, SaysWhatWasFoundInsteadOfWhatIsMissing) {
    for (NamedTensor& tensor : tensors_)
        tensor.name = "model.decoder." + tensor.name;
    EXPECT_THAT(refused(), AllOf(HasSubstr("lack h.0."), HasSubstr("found instead: model.decoder."),
                                 HasSubstr("another model")));
    tensors_ = syntheticTensors(smallConfig(), 1);
    std::erase_if(tensors_, [](const auto& tensor) { return tensor.name.starts_with("h.1."); });
    EXPECT_THAT(refused(), AllOf(HasSubstr("nothing else was found"), HasSubstr("incomplete")));
}

TEST_F(SmallModel, SaysWhichOfTwoWeightFilesItReads) {
    EXPECT_THAT(opened().warnings, IsEmpty());
    writeText(folder_.path() / "pytorch_model.bin", "newer");
    std::filesystem::last_write_time(
        folder_.path() / "model.safetensors",
        std::filesystem::file_time_type(std::chrono::file_clock::from_sys(
            std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)))));
    EXPECT_THAT(open(folder_.path()).warnings,
                ElementsAre(AllOf(HasSubstr("model.safetensors (of 2023-11-14T22:13:20Z) is read"),
                                  HasSubstr("pytorch_model.bin (of 2"))));
}

TEST_F(SmallModel, RefusesANameWithAndWithoutPrefix) {
    tensors_.push_back(at("ln_f.bias"));
    tensors_.back().name = "transformer.ln_f.bias";
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f.bias"), HasSubstr("second time")));
}

TEST_F(SmallModel, WarnsOfUnknownTensorsAndIgnoresMasks) {
    tensors_.push_back({"h.0.attn.bias", "U8", {1, 1, 2, 2}, std::vector<std::byte>(4)});
    tensors_.push_back({"h.0.attn.masked_bias", "F32", {}, bytesOf(std::vector<float>{-INFINITY})});
    EXPECT_THAT(opened().warnings, IsEmpty());
    tensors_.push_back({"score.weight", "F32", {1}, std::vector<std::byte>(4)});
    tensors_.push_back({"h.2.ln_1.weight", "F32", {1}, std::vector<std::byte>(4)});
    const Checkpoint checkpoint = opened();
    ASSERT_EQ(checkpoint.warnings.size(), 1U);
    EXPECT_THAT(checkpoint.warnings[0],
                AllOf(HasSubstr("score.weight"), HasSubstr("h.2.ln_1.weight")));
    EXPECT_FALSE(checkpoint.tensors.contains("score.weight"));
}

TEST_F(SmallModel, RefusesMissingTensors) {
    at("h.1.mlp.c_fc.bias").name = "h.1.mlp.c_fc.Bias";
    EXPECT_THAT(refused(), HasSubstr("lack h.1.mlp.c_fc.bias"));
    config_.n_layers = 4;
    EXPECT_THAT(refused(), AllOf(HasSubstr("lack"), HasSubstr("h.2."), HasSubstr("more")));
}

TEST_F(SmallModel, RefusesOtherShapes) {
    at("h.0.attn.c_attn.weight").shape = {12, 4};
    EXPECT_THAT(refused(), AllOf(HasSubstr("h.0.attn.c_attn.weight"), HasSubstr("[12, 4]"),
                                 HasSubstr("[4, 12]")));
    at("h.0.attn.c_attn.weight").shape = {4, 12};
    config_.n_ctx = 6;
    EXPECT_THAT(refused(), AllOf(HasSubstr("wpe.weight"), HasSubstr("[6, 4]")));
}

TEST_F(SmallModel, RefusesOtherTypes) {
    at("h.0.ln_1.weight") = {"h.0.ln_1.weight", "I8", {4}, std::vector<std::byte>(4)};
    EXPECT_THAT(refused(), AllOf(HasSubstr("h.0.ln_1.weight"), HasSubstr("int8"),
                                 HasSubstr("expected float32")));
}

TEST_F(SmallModel, TakesMixedTypes) {
    at("ln_f.bias") = {"ln_f.bias", "F64", {4}, bytesOf(std::vector<double>{1, 2, 3, 4})};
    at("ln_f.weight") = {"ln_f.weight", "BF16", {4}, std::vector<std::byte>(8)};
    const Checkpoint checkpoint = opened();
    EXPECT_EQ(checkpoint.storedTypes, "bfloat16, float32, float64");
    EXPECT_EQ(checkpoint.tensors.find("ln_f.bias")->second.type, StoredType::Float64);
}

TEST_F(SmallModel, RefusesNonFiniteWeights) {
    set("h.1.mlp.c_proj.weight", 37, std::numeric_limits<float>::quiet_NaN());
    EXPECT_THAT(refused(), AllOf(HasSubstr("model.safetensors, tensor h.1.mlp.c_proj.weight"),
                                 HasSubstr("element 37 is nan")));
    set("h.1.mlp.c_proj.weight", 37, -std::numeric_limits<float>::infinity());
    EXPECT_THAT(refused(), HasSubstr("element 37 is -inf"));
    set("h.1.mlp.c_proj.weight", 37, std::numeric_limits<float>::max());
    EXPECT_NO_THROW((void)opened());
}

TEST_F(SmallModel, FindsNonFiniteElementsOfEveryTypeAtEveryPlace) {
    const auto check = [&](const std::string& dtype, auto bad, auto good) {
        for (std::size_t i = 0; i < 28; ++i) {
            std::vector<decltype(bad)> values(28, good);
            values[i] = bad;
            at("wte.weight") = {"wte.weight", dtype, {7, 4}, bytesOf(values)};
            EXPECT_THAT(refused(), HasSubstr("element " + std::to_string(i) + " is")) << dtype;
        }
        at("wte.weight") = {
            "wte.weight", dtype, {7, 4}, bytesOf(std::vector<decltype(bad)>(28, good))};
        EXPECT_NO_THROW((void)opened()) << dtype;
    };
    check("F64", std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::max());
    check("F16", std::uint16_t{0xFC00}, std::uint16_t{0xFBFF});
    check("BF16", std::uint16_t{0x7FC0}, std::uint16_t{0xFF7F});
    check("F32", -std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::max());
}

TEST_F(SmallModel, SaysWhyFloat16EpsilonTrickOverflows) {
    config_.layer_norm_epsilon = 1e12;
    at("h.0.ln_2.weight") = {
        "h.0.ln_2.weight", "F16", {4}, bytesOf(std::vector<std::uint16_t>(4, 0x7C00))};
    EXPECT_THAT(refused(),
                AllOf(HasSubstr("h.0.ln_2.weight"), HasSubstr("is inf"),
                      HasSubstr("stored as float16"), HasSubstr("overflow"), HasSubstr("float32")));
}

TEST_F(SmallModel, FollowsTheFileAboutItsHead) {
    config_.tie_word_embeddings = false;
    EXPECT_THAT(refused(), AllOf(HasSubstr("lm_head.weight"), HasSubstr("tie_word_embeddings")));
    tensors_.push_back(at("wte.weight"));
    tensors_.back().name = "lm_head.weight";
    const Checkpoint equal = opened();
    EXPECT_TRUE(equal.tiedHead);
    EXPECT_FALSE(equal.tensors.contains("lm_head.weight"));
    set("lm_head.weight", 3, 0.5F);
    const Checkpoint untied = opened();
    EXPECT_FALSE(untied.tiedHead);
    EXPECT_THAT(untied.warnings, IsEmpty());
    EXPECT_EQ(untied.parameterCount, equal.parameterCount + 28);
    EXPECT_NE(untied.weightsHash, equal.weightsHash);
    config_.tie_word_embeddings = true;
    EXPECT_THAT(opened().warnings, ElementsAre(HasSubstr("lm_head.weight")));
    at("lm_head.weight").shape = {4, 7};
    EXPECT_THAT(refused(), HasSubstr("lm_head.weight"));
}

TEST_F(SmallModel, HashDependsOnWhatTheModelComputes) {
    const std::string hash = opened().weightsHash;
    EXPECT_EQ(opened().weightsHash, hash);
    config_.n_heads = 1;
    EXPECT_NE(opened().weightsHash, hash);
    config_.n_heads = 2;
    config_.layer_norm_epsilon = 1e-6;
    EXPECT_NE(opened().weightsHash, hash);
    config_.layer_norm_epsilon = 1e-5;
    set("h.0.attn.c_proj.bias", 1, 0.25F);
    EXPECT_NE(opened().weightsHash, hash);
}

TEST(LargeModel, IsReadOnThreadsWithTheSameHash) {
    // 20 MB, so that it is split into chunks and threads are used.
    const ModelConfig config = syntheticConfig(1, 2, 256, 18'000, 64);
    TemporaryFolder folder;
    writeSyntheticGpt2(folder.path() / "one", config, 3);
    auto tensors = syntheticTensors(config, 3);
    std::reverse(tensors.begin(), tensors.end());
    writeModel(folder.path() / "two", config, tensors);
    const Checkpoint one = open(folder.path() / "one");
    EXPECT_EQ(open(folder.path() / "two").weightsHash, one.weightsHash);
    EXPECT_GT(one.storedBytes, 16 << 20);

    // The last element of a tensor with three chunks.
    const float bad = std::numeric_limits<float>::infinity();
    NamedTensor& wte = tensorNamed(tensors, "wte.weight");
    std::memcpy(wte.bytes.data() + wte.bytes.size() - 4, &bad, 4);
    writeModel(folder.path() / "two", config, tensors);
    EXPECT_THAT(refusalToOpen(folder.path() / "two"),
                HasSubstr("element " + std::to_string(18'000 * 256 - 1) + " is inf"));
}

TEST(LargeModel, ReportsProgressAndCanBeCancelled) {
    TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), syntheticConfig(1, 2, 256, 18'000, 64), 3);
    std::stop_source stop;
    std::vector<double> fractions;
    Progress progress(
        stop.get_token(),
        [&](const ProgressReport& report) {
            fractions.push_back(report.fraction);
            if (report.fraction > 0.2)
                stop.request_stop();
        },
        std::chrono::milliseconds(0));
    EXPECT_THROW((void)openCheckpoint(folder.path(), progress), Cancelled);
    EXPECT_FALSE(fractions.empty());

    std::stop_source stopped;
    stopped.request_stop();
    Progress never(stopped.get_token(), [](const ProgressReport&) {});
    EXPECT_THROW((void)openCheckpoint(folder.path(), never), Cancelled);
}

TEST_F(SmallModel, OutlivesItsReader) {
    const auto checkpoint = std::make_unique<Checkpoint>(opened());
    const Checkpoint copy = *checkpoint;
    const auto& wte = copy.tensors.find("wte.weight")->second;
    EXPECT_TRUE(std::equal(wte.bytes.begin(), wte.bytes.end(), at("wte.weight").bytes.begin()));
}

TEST(ModelFolder, SaysWhatIsMissing) {
    TemporaryFolder folder;
    EXPECT_THAT(refusalToOpen(folder.path() / "none"), HasSubstr("no such folder"));
    EXPECT_THAT(refusalToOpen(folder.path()), HasSubstr("no config.json"));
    writeText(folder.path() / "config.json", configJson(smallConfig()));
    EXPECT_THAT(refusalToOpen(folder.path()), HasSubstr("no weights"));
    EXPECT_THAT(refusalToOpen(folder.path() / "config.json"), HasSubstr("is a file"));
}

} // namespace
} // namespace residuum::test
