// `residuum remove-ln`: a run from a text to a model, what it says, what is refused.
#include "golden.h"

#include "support/synthetic_model.h"

#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

class RemoveLnCommand : public ::testing::Test {
  protected:
    RemoveLnCommand() {
        writeSyntheticGpt2(at("m"), syntheticConfig(2, 2, 16, 17, 16), 4);
        std::string ids;
        for (int i = 0; i < 900; ++i) {
            ids += static_cast<char>(i * i % 17);
            ids += '\0';
        }
        writeText(at("a.bin"), ids);
    }
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    Outcome removeLn(const std::vector<std::string>& more, const std::string& to = "run") const {
        std::vector<std::string> arguments{"remove-ln", at("m"), "--dataset", at("a.bin"),
                                           "--length",  "8",     "--batch",   "2",
                                           "--threads", "1",     "-o",        at(to)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return residuum(arguments);
    }
    void expectRefused(const Outcome& outcome, const std::string& words) const {
        EXPECT_EQ(outcome.status, 1) << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_THAT(outcome.err, ::testing::HasSubstr(words));
    }
    TemporaryFolder folder_;
};

TEST_F(RemoveLnCommand, MakesAModelWithoutLayerNorm) {
    const auto done = removeLn({"--steps", "60", "--save-every", "20"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, ::testing::HasSubstr("60 steps of 64 tokens"));
    EXPECT_THAT(done.out, ::testing::HasSubstr("h.0.ln_2 removed"));
    EXPECT_THAT(done.out, ::testing::HasSubstr("60 of 60: loss "));
    EXPECT_THAT(residuum({"inspect", at("run/model")}).out, ::testing::HasSubstr("removed (7/7)"));
    EXPECT_TRUE(fs::exists(at("run/checkpoints/step-40/model.safetensors")));
    const Hdf5Reader record(at("run/run.h5"));
    EXPECT_EQ(record.shape("/loss"), (std::vector<std::int64_t>{60}));
    expectRefused(removeLn({"--steps", "60"}), "--resume");
    EXPECT_EQ(removeLn({"--steps", "60", "--resume"}).status, 0);
    const auto quiet = removeLn({"--steps", "60", "--quiet", "--vanilla"}, "vanilla");
    EXPECT_EQ(quiet.out + quiet.err, "");
    EXPECT_THAT(residuum({"inspect", at("vanilla/model")}).out, ::testing::HasSubstr("LayerNorm"));
}

TEST_F(RemoveLnCommand, SaysWhatCannotBe) {
    writeText(at("short.bin"), std::string("\1\0\1\0\1\0", 6));
    auto outcome = residuum({"remove-ln", at("m"), "--dataset", at("short.bin"), "-o", at("x")});
    expectRefused(outcome, "is too short: it has ");
    writeText(at("foreign.bin"), std::string(64, '\x11'));
    outcome = residuum({"remove-ln", at("m"), "--dataset", at("foreign.bin"), "-o", at("x")});
    expectRefused(outcome, "outside the vocabulary");
    expectRefused(removeLn({"--steps", "5"}), "--steps 5");
    expectRefused(removeLn({"--preset", "small"}), "12 layers");
    outcome =
        residuum({"remove-ln", at("m"), "--dataset", at("a.bin"), "--length", "17", "-o", at("x")});
    expectRefused(outcome, "--length 17");
    EXPECT_FALSE(fs::exists(at("x")));
    EXPECT_EQ(removeLn({"--dtype", "bfloat16"}).status, 2);
    EXPECT_EQ(removeLn({"--preset", "tiny"}).status, 2);
}

} // namespace
} // namespace residuum::test
