#include "refusal.h"

#include "core/checkpoint/config.h"

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string sizes = R"("n_layer":2,"n_head":2,"n_embd":4,"vocab_size":7,"n_positions":5)";

class ConfigFile : public ::testing::Test {
  protected:
    ModelConfig read(const std::string& json) {
        writeText(folder_.path() / "config.json", json);
        return readConfig(folder_.path() / "config.json");
    }
    std::string refused(const std::string& json) {
        return refusal([&] { (void)read(json); });
    }
    /// A good configuration with `extra` pairs after it.
    static std::string with(const std::string& extra) {
        return R"({"model_type":"gpt2",)" + sizes + (extra.empty() ? "" : ",") + extra + "}";
    }

    std::vector<std::string> warnings(const std::string& json) {
        writeText(folder_.path() / "config.json", json);
        std::vector<std::string> sentences;
        (void)readConfig(folder_.path() / "config.json", &sentences);
        return sentences;
    }

    TemporaryFolder folder_;
};

TEST_F(ConfigFile, SaysWhatIsDoubtful) {
    EXPECT_THAT(warnings(with("")), ::testing::IsEmpty());
    EXPECT_THAT(warnings("{" + sizes + "}"), ::testing::ElementsAre(HasSubstr("no model_type")));
    EXPECT_EQ(read("{" + sizes + "}"), read(with("")));
    EXPECT_THAT(warnings(with(R"("architectures":["MistralGPT2LMHeadModel"])")),
                ::testing::ElementsAre(HasSubstr("MistralGPT2LMHeadModel")));
}

TEST_F(ConfigFile, RefusesHeadsOfOtherKinds) {
    EXPECT_THAT(refused(with(R"("attention_head_type":"multiquery")")),
                AllOf(HasSubstr("attention_head_type"), HasSubstr("multiquery")));
    EXPECT_THAT(refused(with(R"("pruned_heads":{"0":[1]})")),
                AllOf(HasSubstr("pruned_heads"), HasSubstr("{\"0\":[1]}")));
    EXPECT_EQ(read(with(R"("attention_head_type":"multihead","pruned_heads":{})")), read(with("")));
}

TEST_F(ConfigFile, KnowsTheOtherNamesOfItsActivation) {
    EXPECT_EQ(read(with(R"("activation_function":"gelu_fast")")), read(with("")));
    EXPECT_THAT(refused(with(R"("activation_function":"swish")")), HasSubstr("\"swish\""));
}

TEST_F(ConfigFile, TakesActivationsAndScalesOfScores) {
    EXPECT_EQ(read(with(R"("activation_function":"relu")")).activation, Activation::Relu);
    EXPECT_EQ(read(with(R"("activation_function":"gelu")")).activation, Activation::GeluErf);
    EXPECT_DOUBLE_EQ(read(with("")).scoreScale(1), 1.0 / std::sqrt(2.0));
    EXPECT_DOUBLE_EQ(read(with(R"("scale_attn_weights":false)")).scoreScale(1), 1.0);
    const auto stanford = read(with(R"("scale_attn_by_inverse_layer_idx":true)"));
    EXPECT_DOUBLE_EQ(stanford.scoreScale(0), 1.0 / std::sqrt(2.0));
    EXPECT_DOUBLE_EQ(stanford.scoreScale(1), 0.5 / std::sqrt(2.0));
    EXPECT_THAT(warnings(with(R"("architectures":["MistralGPT2LMHeadModel"],
                                 "scale_attn_by_inverse_layer_idx":true)")),
                ::testing::IsEmpty());
}

TEST_F(ConfigFile, TakesNamedSites) {
    const auto config = read(with(R"("layer_norm_epsilon":1e-4,"normalization_sites":{
        "h.0.ln_1.qk":{"kind":"rmsnorm","eps":1e-6,"eps_outside":true},
        "h.0.ln_1.v":{"kind":"removed","sigma":2.5},"h.1.ln_2":{"kind":"dyt"},
        "ln_f":{"kind":"rmsnorm"},"h.1.ln_1.v":{"kind":"layernorm","eps":1e12}})"));
    EXPECT_EQ(config.namedSites.size(), 5U);
    EXPECT_EQ(config.namedSites.at("h.0.ln_1.qk"), NormSite(RmsNorm{1e-6, true}));
    EXPECT_EQ(config.namedSites.at("h.0.ln_1.v"), NormSite(RemovedNorm{2.5}));
    EXPECT_EQ(kindName(config.namedSites.at("h.1.ln_2")), "DyT");
    EXPECT_EQ(config.namedSites.at("ln_f"), NormSite(RmsNorm{1e-4})) << "the config's epsilon";
    EXPECT_EQ(config.namedSites.at("h.1.ln_1.v"), NormSite(RemovedNorm{1e6})) << "epsilon trick";
}

TEST_F(ConfigFile, RefusesSitesAndKindsThatAreUnknown) {
    const auto sites = [&](const std::string& entries) {
        return refused(with("\"normalization_sites\":{" + entries + "}"));
    };
    EXPECT_THAT(sites(R"("ln_f":{"kind":"groupnorm"})"),
                AllOf(HasSubstr("normalization_sites"), HasSubstr("ln_f"),
                      HasSubstr("\"groupnorm\" is unknown")));
    EXPECT_THAT(sites(R"("ln_f":{"eps":1e-5})"), HasSubstr("unknown"));
    EXPECT_THAT(sites(R"("h.0.ln_1":{"kind":"dyt"})"), HasSubstr("names h.0.ln_1"));
    EXPECT_THAT(sites(R"("h.2.ln_2":{"kind":"dyt"})"), HasSubstr("L from 0 to 1"));
    EXPECT_THAT(sites(R"("ln_f":{"kind":"rmsnorm","epsilon":1e-6})"), HasSubstr("\"epsilon\""));
    EXPECT_THAT(sites(R"("ln_f":{"kind":"removed"})"), HasSubstr("sigma must be a number"));
    EXPECT_THAT(sites(R"("ln_f":{"kind":"removed","sigma":0})"), HasSubstr("above 0"));
    EXPECT_THAT(sites(R"("ln_f":{"kind":"rmsnorm","eps":-1})"), HasSubstr("negative"));
    EXPECT_THAT(sites(R"("ln_f":7)"), HasSubstr("must be an object"));
    EXPECT_THAT(refused(with(R"("normalization_sites":[])")), HasSubstr("must be an object"));
}

TEST_F(ConfigFile, ReadsSizesAndDefaults) {
    const ModelConfig config = read(with(""));
    ModelConfig expected = syntheticConfig(2, 2, 4, 7, 5);
    EXPECT_EQ(config, expected);
    EXPECT_EQ(config.d_mlp, 16);
    EXPECT_TRUE(config.tie_word_embeddings);
}

TEST_F(ConfigFile, TakesOptionalKeys) {
    const ModelConfig config = read(with(
        R"("n_inner":12,"layer_norm_epsilon":1e12,"tie_word_embeddings":false,"unknown":{"a":[1]},
           "activation_function":"gelu_pytorch_tanh","reorder_and_upcast_attn":true)"));
    EXPECT_EQ(config.d_mlp, 12);
    EXPECT_DOUBLE_EQ(config.layer_norm_epsilon, 1e12);
    EXPECT_FALSE(config.tie_word_embeddings);
    EXPECT_EQ(read(with(R"("n_inner":null)")).d_mlp, 16);
}

TEST_F(ConfigFile, FallsBackToNCtxAndToTheArchitecture) {
    const ModelConfig config = read(R"({"architectures":["GPT2LMHeadModel"],"n_layer":1,
        "n_head":1,"n_embd":4,"vocab_size":7,"n_ctx":9})");
    EXPECT_EQ(config.n_ctx, 9);
}

TEST_F(ConfigFile, RefusesOtherArchitectures) {
    EXPECT_THAT(refused(R"({"model_type":"llama",)" + sizes + "}"),
                AllOf(HasSubstr("model_type"), HasSubstr("\"llama\""), HasSubstr("\"gpt2\"")));
    EXPECT_THAT(
        refused(R"({"model_type":"gpt2","architectures":["LlamaForCausalLM"],)" + sizes + "}"),
        HasSubstr("LlamaForCausalLM"));
    EXPECT_THAT(refused("{\"vocab_size\":7}"), HasSubstr("model_type: is missing"));
    EXPECT_THAT(refused(R"({"model_type":7,)" + sizes + "}"), HasSubstr("is 7"));
}

TEST_F(ConfigFile, RefusesVariantsThatComputeSomethingElse) {
    EXPECT_THAT(refused(with(R"("activation_function":"silu")")),
                AllOf(HasSubstr("\"silu\""), HasSubstr("gelu_new"), HasSubstr("relu")));
    EXPECT_THAT(refused(with(R"("add_cross_attention":true)")), HasSubstr("cross-attention"));
    EXPECT_THAT(refused(with(R"("tie_word_embeddings":"yes")")),
                HasSubstr("expected true or false"));
}

TEST_F(ConfigFile, RefusesSizesOutOfRange) {
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string json = with("");
        return refused(json.replace(json.find(from), from.size(), to));
    };
    EXPECT_THAT(replaced("\"n_layer\":2", "\"n_layer\":0"), HasSubstr("key n_layer: is 0"));
    EXPECT_THAT(replaced("\"n_layer\":2", "\"n_layer\":-1"), HasSubstr("is -1"));
    EXPECT_THAT(replaced("\"n_layer\":2", "\"n_layer\":2.5"), HasSubstr("is 2.5"));
    EXPECT_THAT(replaced("\"n_layer\":2", "\"n_layer\":\"2\""), HasSubstr("is \"2\""));
    EXPECT_THAT(replaced("\"n_layer\":2", "\"n_layer\":99999999999999999999999"),
                HasSubstr("n_layer"));
    EXPECT_THAT(replaced("\"n_head\":2", "\"n_head\":3"), HasSubstr("divisor of n_embd = 4"));
    EXPECT_THAT(replaced("\"n_embd\":4", "\"n_embd\":1073741824"), HasSubstr("n_embd"));
    EXPECT_THAT(replaced("\"vocab_size\":7", "\"vocab\":7"), HasSubstr("vocab_size: is missing"));
    EXPECT_THAT(replaced("\"n_positions\":5", "\"n_positions\":null"), HasSubstr("n_ctx"));
    EXPECT_THAT(refused(with(R"("n_inner":0)")), HasSubstr("n_inner"));
}

TEST_F(ConfigFile, RefusesBadEpsilons) {
    EXPECT_THAT(refused(with(R"("layer_norm_epsilon":-1e-5)")), HasSubstr("layer_norm_epsilon"));
    EXPECT_THAT(refused(with(R"("layer_norm_epsilon":"small")")), HasSubstr("\"small\""));
    EXPECT_THAT(refused(with(R"("layer_norm_epsilon":1e999)")), HasSubstr("config.json"));
    EXPECT_THAT(refused(with(R"("layer_norm_epsilon":NaN)")), HasSubstr("not valid JSON"));
}

TEST_F(ConfigFile, RefusesWhatIsNoConfiguration) {
    EXPECT_THAT(refused("[1, 2]"), HasSubstr("array where an object"));
    EXPECT_THAT(refused("{\"a\": "), AllOf(HasSubstr("not valid JSON"), HasSubstr("cut short"),
                                           HasSubstr("line 1, column 7")));
    EXPECT_THAT(refused("{\"a\": 1,\n \"b\": ]}"),
                AllOf(HasSubstr("\"]\" at line 2, column 7"), HasSubstr("does not belong")));
    EXPECT_THAT(refused("<!DOCTYPE html>\n<html><body>404</body></html>"),
                HasSubstr("web page (HTML)"));
    EXPECT_THAT(refused(""), HasSubstr("is empty"));
    EXPECT_THAT(refused(with(R"("n_layer":3)")), HasSubstr("key \"n_layer\": is there twice"));
    EXPECT_THAT(refused(with("\"a\":" + std::string(100'000, '['))), HasSubstr("nested deeper"));
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    EXPECT_THAT(refused(with("\"a\":" + objects)), HasSubstr("nested deeper"));
    EXPECT_THAT(refused("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
    EXPECT_THAT(refusal([&] { (void)readConfig(folder_.path() / "none.json"); }),
                HasSubstr("none.json"));
    EXPECT_THAT(refusal([&] { (void)readConfig(folder_.path()); }),
                HasSubstr("not a regular file"));
}

} // namespace
} // namespace residuum::test
