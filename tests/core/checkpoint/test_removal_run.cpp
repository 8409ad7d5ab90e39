// The buffers of a LayerNorm removal run.
#include "refusal.h"

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RemovalRun : public ::testing::Test {
  protected:
    std::vector<NamedTensor> tensors_ = syntheticTensors(smallConfig(), 1);
    ModelConfig config_ = smallConfig();
    TemporaryFolder folder_;

    void SetUp() override {
        for (const std::string module : {"h.0.ln_1", "h.0.ln_2", "h.1.ln_1", "h.1.ln_2", "ln_f"}) {
            tensors_.push_back(flag(module + ".is_fake", true));
            tensors_.push_back(flag(module + ".attn_v_is_fake", true));
            tensors_.push_back(flag(module + ".bos_special_treatment", false));
            tensors_.push_back(scale(module + ".average_std_buffer", {2.5F, 2.5F, 2.5F, 2.5F}));
            tensors_.push_back(scale(module + ".bos_std_buffer", {9, 9, 9, 9}));
            tensors_.push_back({module + ".grad_acc_steps", "I64", {}, std::vector<std::byte>(8)});
            tensors_.push_back(scale(module + ".momentum", {0.9F}));
        }
    }

    static NamedTensor flag(const std::string& name, bool value) {
        return {name, "BOOL", {}, {std::byte{value ? std::uint8_t{1} : std::uint8_t{0}}}};
    }
    static NamedTensor scale(const std::string& name, const std::vector<float>& values) {
        return {name, "F32", {static_cast<std::int64_t>(values.size())}, bytesOf(values)};
    }
    NamedTensor& at(const std::string& name) { return tensorNamed(tensors_, name); }
    void remove(const std::string& name) { at(name).name = "gone." + name; }
    Normalization sites() {
        writeModel(folder_.path(), config_, tensors_);
        const Checkpoint opened = open(folder_.path());
        EXPECT_EQ(opened.tensors.size(), 28U);
        return opened.normalization;
    }
    std::string refused() {
        writeModel(folder_.path(), config_, tensors_);
        return refusalToOpen(folder_.path());
    }
};

TEST_F(RemovalRun, TakesSitesAndScales) {
    const Normalization all = sites();
    EXPECT_EQ(all.label(), "removed (7/7)");
    EXPECT_EQ(all.ln_f, NormSite(RemovedNorm{2.5}));
    at("h.1.ln_1.is_fake") = flag("h.1.ln_1.is_fake", false);
    const Normalization mixed = sites();
    EXPECT_EQ(mixed.label(), "mixed (6/7 removed)");
    EXPECT_EQ(kindName(mixed.blocks[1].ln1_qk), "LayerNorm");
    EXPECT_EQ(kindName(mixed.blocks[1].ln1_v), "removed");
}

TEST_F(RemovalRun, FlagsOfTheValuePathCountAtLn1Only) {
    at("h.0.ln_2.attn_v_is_fake") = flag("h.0.ln_2.attn_v_is_fake", false);
    remove("ln_f.attn_v_is_fake");
    EXPECT_EQ(sites().removedCount(), 7U);
    at("h.0.ln_1.attn_v_is_fake") = flag("h.0.ln_1.attn_v_is_fake", false);
    EXPECT_EQ(sites().removedCount(), 6U);
}

TEST_F(RemovalRun, RefusesScalesThatAreNotConstant) {
    at("h.1.ln_2.average_std_buffer") = scale("h.1.ln_2.average_std_buffer", {9, 2.5F, 2.5F, 2.5F});
    EXPECT_THAT(refused(), AllOf(HasSubstr("h.1.ln_2.average_std_buffer"),
                                 HasSubstr("is not constant"), HasSubstr("per position")));
    // Of no consequence at a site that still normalises.
    at("h.1.ln_2.is_fake") = flag("h.1.ln_2.is_fake", false);
    EXPECT_EQ(sites().removedCount(), 6U);
}

TEST_F(RemovalRun, RefusesAFirstPositionOfItsOwn) {
    at("ln_f.bos_special_treatment") = flag("ln_f.bos_special_treatment", true);
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f.bos_std_buffer"), HasSubstr("first position")));
    at("ln_f.bos_std_buffer") = scale("ln_f.bos_std_buffer", {2.5F, 2.5F, 2.5F, 2.5F});
    EXPECT_EQ(sites().removedCount(), 7U);
}

TEST_F(RemovalRun, RefusesScalesThatCannotBe) {
    for (const float bad : {0.0F, -1.0F, INFINITY, NAN}) {
        at("ln_f.average_std_buffer") = scale("ln_f.average_std_buffer", {bad, bad});
        EXPECT_THAT(refused(),
                    AllOf(HasSubstr("ln_f.average_std_buffer"), HasSubstr("positive finite")));
    }
    at("ln_f.average_std_buffer") = scale("ln_f.average_std_buffer", {});
    EXPECT_THAT(refused(), HasSubstr("is empty"));
    at("ln_f.average_std_buffer") = scale("ln_f.average_std_buffer", {3});
    EXPECT_EQ(sites().ln_f, NormSite(RemovedNorm{3}));
}

TEST_F(RemovalRun, RefusesIncompleteBuffers) {
    remove("h.0.ln_2.is_fake");
    EXPECT_THAT(refused(), AllOf(HasSubstr("h.0.ln_2.is_fake"), HasSubstr("is missing")));
}

TEST_F(RemovalRun, RefusesOddFlags) {
    at("ln_f.is_fake") = scale("ln_f.is_fake", {0.5F});
    EXPECT_THAT(refused(), HasSubstr("is 0.5, expected true or false"));
    at("ln_f.is_fake") = scale("ln_f.is_fake", {1, 1});
    EXPECT_THAT(refused(), HasSubstr("has 2 elements"));
    at("ln_f.is_fake") = scale("ln_f.is_fake", {1});
    EXPECT_EQ(sites().removedCount(), 7U);
}

TEST_F(RemovalRun, RefusesBuffersTogetherWithTheEpsilonTrick) {
    config_.layer_norm_epsilon = 1e12;
    EXPECT_THAT(refused(), AllOf(HasSubstr("removal run"), HasSubstr("1e+12")));
}

TEST_F(RemovalRun, RefusesBuffersTogetherWithNamedSites) {
    config_.namedSites["ln_f"] = RmsNorm{};
    EXPECT_THAT(refused(), AllOf(HasSubstr("removal run"), HasSubstr("normalization_sites")));
}

} // namespace
} // namespace residuum::test
