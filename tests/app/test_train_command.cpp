// `residuum stories` and `residuum train`: from nothing to a model with a vocabulary of its own.
#include "golden.h"

#include "support/synthetic_model.h"

#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

class TrainCommand : public ::testing::Test {
  protected:
    TrainCommand() {
        EXPECT_EQ(residuum({"stories", "--stories", "60", "--seed", "3", "-o", at("s.txt")}).status,
                  0);
    }
    fs::path at(const std::string& name) const { return folder_.path() / name; }
    Outcome train(const std::vector<std::string>& more, const std::string& to = "run") const {
        std::vector<std::string> arguments{"train", "--dataset", at("s.txt"), "-o", at(to)};
        const std::vector<std::pair<std::string, std::string>> usual{
            {"--layers", "2"}, {"--heads", "2"},        {"--width", "16"}, {"--context", "32"},
            {"--batch", "4"},  {"--vocabulary", "300"}, {"--threads", "1"}};
        for (const auto& [option, value] : usual)
            if (std::find(more.begin(), more.end(), option) == more.end())
                arguments.insert(arguments.end(), {option, value});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return residuum(arguments);
    }
    static void expectRefused(const Outcome& outcome, const std::string& words) {
        EXPECT_NE(outcome.status, 0);
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_THAT(outcome.err, ::testing::HasSubstr(words));
    }
    TemporaryFolder folder_;
};

TEST_F(TrainCommand, MakesAModelThatReadsTexts) {
    const auto done =
        train({"--steps", "40", "--rate", "0.01", "--save-every", "10", "--keep", "2"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, ::testing::HasSubstr("memory: "));
    EXPECT_THAT(done.out, ::testing::HasSubstr("40 steps of 128 tokens"));
    EXPECT_THAT(done.out, ::testing::HasSubstr("of what its products alone would reach"));
    const Hdf5Reader record(at("run/run.h5"));
    EXPECT_EQ(record.textAttribute("/", "kind"), "train");
    const auto loss = record.numbers("/loss").values;
    ASSERT_EQ(loss.size(), 40U);
    EXPECT_NEAR(loss.front(), std::log(300.0), 0.1); // of a model that knows nothing
    EXPECT_LT(loss.back(), loss.front() - 0.5);
    EXPECT_FALSE(fs::exists(at("run/checkpoints/step-20")));
    EXPECT_TRUE(fs::exists(at("run/checkpoints/step-30")));
    const auto told = residuum({"inspect", at("run/model")}).out;
    EXPECT_THAT(told,
                ::testing::HasSubstr("2 layers, 2 heads, d_model 16, d_mlp 64, vocabulary 300"));
    EXPECT_THAT(told, ::testing::HasSubstr("vocab.json + merges.txt"));
    EXPECT_EQ(
        residuum({"generate", at("run/model"), "--prompt", "Then, Mary", "--tokens", "3"}).status,
        0);
    // The same again is the same.
    ASSERT_EQ(train({"--steps", "40", "--rate", "0.01"}, "again").status, 0);
    EXPECT_EQ(readFile(at("run/model/model.safetensors")),
              readFile(at("again/model/model.safetensors")));
}

TEST_F(TrainCommand, GoesOnWhereItWas) {
    ASSERT_EQ(train({"--steps", "12"}, "whole").status, 0);
    ASSERT_EQ(train({"--steps", "12"}).status, 0);
    fs::remove_all(at("run/model"));
    EXPECT_EQ(train({"--steps", "12", "--resume"}).status, 0);
    EXPECT_EQ(readFile(at("run/model/model.safetensors")),
              readFile(at("whole/model/model.safetensors")));
    expectRefused(train({"--steps", "12", "--resume", "--width", "32"}),
                  "another width (16, and 32 now)");
    expectRefused(train({"--steps", "12", "--resume", "--rate", "0.5"}), "learning_rate");
    expectRefused(train({"--steps", "12"}), "--resume");
}

TEST_F(TrainCommand, SaysWhatCannotBe) {
    expectRefused(train({"--vocabulary", "100000"}), "gives a vocabulary of ");
    expectRefused(train({"--heads", "3"}), "does not divide --width 16");
    expectRefused(train({"--context", "100000"}), "is too short: it has ");
    expectRefused(train({"--resume"}), "no checkpoint to resume from");
    expectRefused(train({"--vocabulary", "256"}), "--vocabulary");
    writeText(at("ids.bin"), std::string(64, '\1'));
    expectRefused(residuum({"train", "--dataset", at("ids.bin"), "-o", at("run")}),
                  "texts are needed");
    EXPECT_FALSE(fs::exists(at("run")));
}

} // namespace
} // namespace residuum::test
