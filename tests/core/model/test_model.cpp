#include "core/model/model.h"

#include "core/model/model_info_json.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include <functional>

#include <fstream>

namespace residuum {
namespace {

std::shared_ptr<const Model> open(const std::filesystem::path& folder,
                                  DType dtype = DType::Float32) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

TEST(Model, FloatWeightsAreViewsOfTheFile) {
    const auto model = open(test::resources() / "demo/original");
    const auto& weights = model->weights();
    EXPECT_EQ(weights.W_U_rows.data_ptr(), weights.W_E.data_ptr()) << "a tied head is no copy";
    EXPECT_FALSE(weights.W_E.storage().resizable()) << "borrowed memory";
    EXPECT_EQ(
        open(test::resources() / "demo/original", DType::Float64)->weights().W_E.scalar_type(),
        at::kDouble);
}

TEST(Model, ReportsTokenizerAndFallback) {
    EXPECT_EQ(open(test::resources() / "demo/vanilla")->info().tokenizerOrigin,
              "vocab.json + merges.txt");
    EXPECT_EQ(open(test::golden() / "tiny-ln")->tokenizer(), nullptr);
    const test::TemporaryFolder folder;
    std::filesystem::copy(test::resources() / "demo/original", folder.path() / "original");
    std::filesystem::create_directory(folder.path() / "bare");
    for (const auto* file : {"config.json", "model.safetensors"})
        std::filesystem::copy(test::resources() / "demo/ln-free" / file,
                              folder.path() / "bare" / file);
    const auto model = open(folder.path() / "bare");
    ASSERT_NE(model->tokenizer(), nullptr);
    EXPECT_NE(model->info().tokenizerOrigin.find("original"), std::string::npos);
    EXPECT_NE(model->info().tokenizerOrigin.find("has none of its own"), std::string::npos);
    ASSERT_EQ(model->info().warnings.size(), 1U);
    EXPECT_NE(model->info().warnings[0].find("original"), std::string::npos);
    EXPECT_EQ(model->textEncoder(), model->tokenizer());
}

TEST(Model, SideBySideNeedsOneVocabulary) {
    const auto original = open(test::resources() / "demo/original");
    requireSameVocabulary(*original, *open(test::resources() / "demo/ln-free"));
    EXPECT_THROW(requireSameVocabulary(*original, *open(test::golden() / "tiny-ln")), Error);
    const test::TemporaryFolder folder;
    const auto added = folder.path() / "added";
    std::filesystem::copy(test::resources() / "demo/original", added);
    std::ofstream(added / "added_tokens.json") << R"({"<x>": 1024})";
    EXPECT_THROW(requireSameVocabulary(*original, *open(added)), Error) << "it reads <x> otherwise";
    std::ofstream(added / "added_tokens.json") << "{";
    requireSameVocabulary(*original, *open(added)); // ids mean the same where one reads no texts
}

TEST(Model, NoticesWhenItsFileIsRewritten) {
    const test::TemporaryFolder folder;
    std::filesystem::copy(test::golden() / "tiny-ln", folder.path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    const auto mapped = open(folder.path()), copied = open(folder.path(), DType::Float64);
    EXPECT_NO_THROW(mapped->requireUnchanged());
    std::filesystem::resize_file(folder.path() / "model.safetensors", 1000);
    EXPECT_EQ(mapped->weights().W_E.abs().sum().item<float>(), 0.0F) << "no bus error";
    EXPECT_THROW(mapped->requireUnchanged(), Error);
    EXPECT_NO_THROW(copied->requireUnchanged()) << "its weights are its own";
}

TEST(ModelInfo, ReportsOfOthersAreReadWithDistrust) {
    const auto info = open(test::golden() / "tiny-ln")->info();
    const auto refusal = [&](const std::function<void(nlohmann::ordered_json&)>& change) {
        auto json = toJson(info);
        change(json);
        try {
            (void)modelInfoFromJson(json.dump(), "file.h5");
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(refusal([](auto&) {}), "");
    EXPECT_NE(refusal([](auto& json) { json["tied_head"] = "yes"; }).find("tied_head"),
              std::string::npos);
    EXPECT_NE(refusal([](auto& json) {
                  json["sites"][0]["kind"] = "GroupNorm";
              }).find("\"GroupNorm\" is unknown"),
              std::string::npos);
    EXPECT_NE(refusal([](auto& json) { json["sites"][0].erase("kind"); }).find("unknown"),
              std::string::npos);
}

TEST(ModelInfo, EverySiteSurvivesItsReport) {
    auto info = open(test::golden() / "tiny-ln")->info();
    info.normalization.blocks[0] = {RmsNorm{1e-6}, RmsNorm{1e-5, true}, DynamicTanh{0.25}};
    info.normalization.ln_f = RemovedNorm{2.5};
    info.config.activation = Activation::Relu;
    info.config.scaleScores = false;
    info.config.scaleScoresByLayer = true;
    const auto read = modelInfoFromJson(toJson(info).dump(), "file.h5");
    EXPECT_EQ(read.normalization.blocks, info.normalization.blocks);
    EXPECT_EQ(read.normalization.ln_f, info.normalization.ln_f);
    EXPECT_EQ(read.config, info.config);
    EXPECT_EQ(toJson(info)["normalization"], "mixed");
}

TEST(Model, UnknownDeviceIsRefusedInWords) {
    Progress progress;
    const auto folder = test::golden() / "tiny-ln";
    for (const std::string device : {"warp", "cuda:99"}) {
        try {
            Model::open({folder.string(), "tiny", folder}, {DType::Float32, device}, progress);
            FAIL() << device;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(device), std::string::npos);
        }
    }
}

} // namespace
} // namespace residuum
