// `residuum neurons` against the reference numbers and on the demo models.
#include "analysis/neurons/neuron_analysis.h"
#include "golden.h"
#include "support/stored_form.h"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

struct Precision {
    const char* dtype;
    double tolerance; ///< nats
};

class NeuronsGolden : public ::testing::TestWithParam<Precision> {};

TEST_P(NeuronsGolden, EveryNeuronAtEveryToken) {
    const TemporaryFolder folder;
    const Hdf5Reader expected(golden() / "expected.h5");
    const auto output = (folder.path() / "neurons.h5").string();
    const auto outcome = residuum(
        std::vector<std::string>{"neurons", golden() / "tiny-ln", golden() / "tiny-lnfree"} +
        idArguments(expected.numbers("/tokens")) +
        std::vector<std::string>{"--neurons", "all", "--per-token", "--dtype", GetParam().dtype,
                                 "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader result(output);
    for (const std::string model : {"tiny-ln", "tiny-lnfree"}) {
        const auto ours = [&](const std::string& name) {
            return result.numbers("/models/" + model + "/" + name).values;
        };
        const auto check = [&](const std::string& name, const std::string& theirs,
                               double tolerance) {
            const auto want = expected.numbers("/" + model + "/neurons/" + theirs);
            EXPECT_TRUE(near(ours(name), want.values, want.shape, tolerance))
                << model << " " << name;
        };
        for (const std::string what : {"loss", "entropy"}) {
            check("total_" + what + "_per_token", "total_" + what, GetParam().tolerance);
            check("frozen_" + what + "_per_token", "direct_" + what, GetParam().tolerance);
            check(what, what, GetParam().tolerance);
        }
        check("w_out_norm", "w_out_norm", 1e-5);
        check("logit_var", "logit_var", 1e-5);
        check("singular_values", "singular_values_W_U", 1e-5);
    }
    EXPECT_EQ(axisNames(output, "/models/tiny-ln/total_loss_per_token"),
              (std::vector<std::string>{"neuron", "token"}));
    const auto total = result.numbers("/models/tiny-lnfree/total_entropy_per_token").values;
    const auto frozen = result.numbers("/models/tiny-lnfree/frozen_entropy_per_token").values;
    EXPECT_GT(largestMagnitude(total), 1e-4);
    EXPECT_TRUE(near(total, frozen, {192, 138}, 0.0));
}

INSTANTIATE_TEST_SUITE_P(Precisions, NeuronsGolden,
                         ::testing::Values(Precision{"float32", 1e-5}, Precision{"float64", 1e-10}),
                         [](const auto& tested) { return std::string(tested.param.dtype); });

const std::vector<std::string> prompt{
    "--prompt", "Then, Mary and John went to the store. John gave a book to Mary."};

TEST(NeuronsCommand, TopNeuronsOfOneModelAreFollowedInAll) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "neurons.h5").string();
    const auto outcome =
        residuum(std::vector<std::string>{"neurons", "demo:vanilla", "demo:ln-free"} + prompt +
                 std::vector<std::string>{"--neurons", "top:7", "--chosen-on", "ln-free",
                                          "--screen", "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader result(output);
    EXPECT_EQ(result.numbers("/models/vanilla/neuron").values,
              result.numbers("/models/ln-free/neuron").values);
    const auto score = result.numbers("/models/ln-free/score").values;
    EXPECT_TRUE(std::is_sorted(score.rbegin(), score.rend()));
    EXPECT_THAT(outcome.out, HasSubstr("LN frozen"));
}

/// The command in a result makes the same key, and so is answered from the cache.
TEST(NeuronsCommand, TheCommandOfAResultIsItsOwn) {
    const TemporaryFolder folder;
    const auto texts = folder.path() / "t.jsonl";
    std::ofstream(texts) << R"({"text": "Mary went to the store."})" << '\n'
                         << R"({"text": "John went to the park."})" << '\n';
    const std::vector<std::string> dataset{"--dataset", texts.string(), "--seed", "5"};
    const std::vector<std::vector<std::string>> requests{
        prompt + std::vector<std::string>{"--neurons", "top:3", "--by", "norm"},
        prompt +
            std::vector<std::string>{"--neurons", "7,300", "--also", "9", "--ablation", "zero"},
        prompt + std::vector<std::string>{"--neurons", "top:3", "--by", "entropy", "--chosen-on",
                                          "original"},
        prompt + std::vector<std::string>{"--layer", "1", "--random-neurons", "2", "--neurons",
                                          "top:2", "--by", "null-space", "--null-space", "20"},
        dataset + std::vector<std::string>{"--neurons", "top:3", "--screen", "--per-token"},
        prompt + std::vector<std::string>{"--neurons", "4", "--seed", "9"},
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto first = (folder.path() / ("a" + std::to_string(i) + ".h5")).string();
        const auto second = (folder.path() / ("b" + std::to_string(i) + ".h5")).string();
        const auto made = residuum(std::vector<std::string>{"neurons", "demo:original"} +
                                   requests[i] + std::vector<std::string>{"--quiet", "-o", first});
        ASSERT_EQ(made.status, 0) << i << made.err;
        const Hdf5Reader reader(first);
        const auto command = NeuronAnalysis::command(reader.textAttribute("/", "request"), first);
        // No argument here has a space but the prompt, which is quoted.
        std::vector<std::string> words;
        std::string word;
        bool quoted = false;
        for (const char c : command + " ")
            if (c == '\'')
                quoted = !quoted;
            else if (c == ' ' && !quoted)
                words.push_back(std::exchange(word, {}));
            else
                word += c;
        words.erase(words.begin()); // the program's name
        const auto again = residuum(words + std::vector<std::string>{"--quiet", "-o", second});
        ASSERT_EQ(again.status, 0) << command << again.err;
        EXPECT_EQ(Hdf5Reader(second).textAttribute("/", "key"), reader.textAttribute("/", "key"))
            << command;
    }
}

/// Whether a process has said what becomes of SIGINT: before that it simply ends.
bool catchesInterrupt(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigCgt:"))
            return ((std::stoull(line.substr(7), nullptr, 16) >> (SIGINT - 1)) & 1U) != 0;
    return false;
}

/// Also where the signal reaches a thread that a library started on its own.
TEST(NeuronsCommand, AnInterruptEndsItCleanly) {
    const TemporaryFolder folder;
    const auto texts = (folder.path() / "t.jsonl").string();
    const auto output = (folder.path() / "n.h5").string();
    {
        std::ofstream file(texts);
        for (int i = 0; i < 3000; ++i)
            file << R"({"text": "Mary went to the store. John went to the park."})" << '\n';
    }
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::execl(RESIDUUM_PROGRAM, RESIDUUM_PROGRAM, "neurons", "demo:original", "--dataset",
                texts.c_str(), "--layer", "0", "--no-cache", "--quiet", "-o", output.c_str(),
                nullptr);
        ::_exit(99);
    }
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!catchesInterrupt(child) && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::seconds(2)); // it is at work by then
    ::kill(child, SIGINT);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << "it died of the signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
        << "only the dataset is left";
}

/// One sentence, status 1 or 2, and no file.
void expectRefused(const std::vector<std::string>& arguments, const std::string& words) {
    const TemporaryFolder folder;
    const auto output = folder.path() / "neurons.h5";
    const auto outcome = residuum(std::vector<std::string>{"neurons"} + arguments +
                                  std::vector<std::string>{"-o", output.string()});
    EXPECT_NE(outcome.status, 0) << words;
    EXPECT_THAT(outcome.err, HasSubstr(words));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(output));
}

TEST(NeuronsCommand, RefusesInWords) {
    const TemporaryFolder folder;
    const auto empty = folder.path() / "empty.txt";
    std::ofstream(empty) << "\n  \n";
    const std::vector<std::string> model{"demo:original"};
    expectRefused(model + std::vector<std::string>{"--dataset", empty.string()}, "holds no tokens");
    expectRefused(model + std::vector<std::string>{"--ids", "5", "--ids", "7"},
                  "sequences of at least two tokens");
    expectRefused(model + prompt + std::vector<std::string>{"--layer", "4"},
                  "has the layers 0 to 3");
    expectRefused(model + prompt + std::vector<std::string>{"--neurons", "3,640"},
                  "has the neurons 0 to 639");
    expectRefused(model + prompt + std::vector<std::string>{"--neurons", "3,3"}, "twice");
    expectRefused(model + prompt + std::vector<std::string>{"--neurons", "top:0"}, "at least one");
    expectRefused(model + prompt + std::vector<std::string>{"--null-space", "161"},
                  "has 160 directions");
    expectRefused(model + prompt + std::vector<std::string>{"--layer", "1", "--screen"},
                  "last layer (3) only");
    expectRefused(model + prompt + std::vector<std::string>{"--by", "beauty"}, "unknown");
    expectRefused(model + prompt + std::vector<std::string>{"--layer", ""},
                  "a whole number is expected");
    expectRefused(model + prompt + std::vector<std::string>{"--seed", "-1"}, "no number from 0");
    expectRefused(model + prompt + std::vector<std::string>{"--seed", "18446744073709551616"},
                  "no number from 0");
    expectRefused(model + prompt + std::vector<std::string>{"--chosen-on", "gpt2"},
                  "none of the models");
}

} // namespace
} // namespace residuum::test
