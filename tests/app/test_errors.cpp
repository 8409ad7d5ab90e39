// Wrong input: one line on standard error that says what, why and what to do; nothing left behind.
#include "golden.h"

namespace residuum::test {
namespace {

struct WrongInput {
    const char* name;
    std::vector<std::string> arguments;
    int status;
    const char* says; ///< part of the sentence
};

void PrintTo(const WrongInput& input, std::ostream* stream) {
    *stream << input.name;
}

class Errors : public ::testing::TestWithParam<WrongInput> {};

TEST_P(Errors, OneSentenceAndNoFile) {
    const TemporaryFolder folder;
    auto arguments = GetParam().arguments;
    for (auto& argument : arguments) {
        if (argument == "OUT")
            argument = (folder.path() / "out.h5").string();
    }
    const auto outcome = residuum(arguments);
    EXPECT_EQ(outcome.status, GetParam().status) << outcome.err;
    EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
    EXPECT_TRUE(outcome.err.starts_with("residuum: ")) << outcome.err;
    EXPECT_NE(outcome.err.find(GetParam().says), std::string::npos) << outcome.err;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "something was left behind";
}

std::string longIds() {
    std::vector<std::string> ids(200, "1");
    return join(ids, ",");
}

const std::string original = "demo:original";

INSTANTIATE_TEST_SUITE_P(
    WrongInputs, Errors,
    ::testing::Values(
        WrongInput{"EmptyPrompt", {"dla", original, "--prompt", "", "-o", "OUT"}, 1, "empty"},
        WrongInput{"OverlongPrompt", {"dla", original, "--ids", longIds(), "-o", "OUT"}, 1, "128"},
        WrongInput{"TextIsAFolder", {"tokenize", original, "--file", "/tmp"}, 1, "is a folder"},
        WrongInput{"NameThatIsNoText",
                   {"run", original, "--ids", "1", "--activations", "\xFF\xFE", "-o", "OUT"},
                   1,
                   "no such activation"},
        WrongInput{"NoSuchRevision",
                   {"run", "no/such@main", "--ids", "1", "-o", "OUT"},
                   1,
                   "huggingface-cli download no/such"},
        WrongInput{"SeveralTokens",
                   {"dla", original, "--prompt", "Mary", "--target", " Mary went", "-o", "OUT"},
                   2,
                   "2 tokens"},
        WrongInput{"TargetIsVersus",
                   {"dla", original, "--ids", "1", "--target", "#5", "--versus", "#5", "-o", "OUT"},
                   1,
                   "always zero"},
        WrongInput{"NoModel", {"run", "/tmp", "--ids", "1", "-o", "OUT"}, 1, "/tmp"},
        WrongInput{"NoSuchModel", {"run", "no/such", "--ids", "1", "-o", "OUT"}, 1, "no/such"},
        WrongInput{"NoSuchDemo", {"run", "demo:nothing", "--ids", "1", "-o", "OUT"}, 1, "demo:"},
        WrongInput{"DifferentVocabularies",
                   {"run", original, golden() / "tiny-ln", "--ids", "1", "-o", "OUT"},
                   1,
                   "vocabular"},
        WrongInput{"NoTokenizer",
                   {"run", golden() / "formats/bin-zip", "--prompt", "a", "-o", "OUT"},
                   1,
                   "no tokenizer"},
        WrongInput{"TokenOutside", {"run", original, "--ids", "1024", "-o", "OUT"}, 1, "1024"},
        WrongInput{"NotAnId", {"run", original, "--ids", "1,x", "-o", "OUT"}, 2, "x"},
        WrongInput{"NoInput", {"run", original, "-o", "OUT"}, 2, "--prompt"},
        WrongInput{"PositionOutside",
                   {"dla", original, "--ids", "1,2", "--position", "2", "-o", "OUT"},
                   1,
                   "--position 2"},
        WrongInput{"NextAtTheEnd",
                   {"dla", original, "--ids", "1,2", "--target", "next", "-o", "OUT"},
                   1,
                   "--target next"},
        WrongInput{"NeuronsEverywhere",
                   {"dla", original, "--ids", "1,2", "--neurons", "--position", "all", "-o", "OUT"},
                   2,
                   "--neurons"},
        WrongInput{"UnknownActivation",
                   {"run", original, "--ids", "1", "--activations", "hook_nothing", "-o", "OUT"},
                   1,
                   "hook_nothing"},
        WrongInput{"UnknownDtype",
                   {"run", original, "--ids", "1", "--dtype", "float16", "-o", "OUT"},
                   2,
                   "float16"},
        WrongInput{"UnknownDevice",
                   {"run", original, "--ids", "1", "--device", "warp", "-o", "OUT"},
                   1,
                   "warp"},
        WrongInput{"UnknownDataset",
                   {"run", original, "--dataset", "data.csv", "-o", "OUT"},
                   1,
                   "data.csv"},
        WrongInput{"UnknownOption", {"run", original, "-o", "OUT", "--nonsense"}, 2, "--nonsense"},
        WrongInput{"NowhereToWrite",
                   {"run", original, "--ids", "1", "-o", "/no/such/folder/r.h5"},
                   1,
                   "/no/such/folder"},
        WrongInput{
            "OutputIsAFolder", {"run", original, "--ids", "1", "-o", "/tmp"}, 1, "is a folder"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Errors, LeavesTheOldFileWhereARunFails) {
    const TemporaryFolder folder;
    const auto output = folder.path() / "r.h5";
    ASSERT_EQ(residuum({"run", original, "--ids", "1,2", "-o", output}).status, 0);
    const auto before = readFile(output);
    ASSERT_EQ(residuum({"run", original, "--ids", "1,5000", "-o", output}).status, 1);
    EXPECT_EQ(readFile(output), before);
}

} // namespace
} // namespace residuum::test
