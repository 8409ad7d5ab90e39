// `residuum compare` on the demo models.
#include "program.h"

#include "core/store/hdf5_reader.h"

#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

const std::string prompt = "Then, Mary and John went to the store. John gave a book to Mary";

TEST(CompareCommand, WritesEveryModelAndEveryPair) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "c.h5").string();
    const std::vector<std::string> command{
        "compare",  "demo:original", "demo:vanilla", "demo:ln-free", "--prompt", prompt,
        "--layers", "--attention",   "--memory",     "64M",          "-o",       file};
    const auto first = residuum(command);
    ASSERT_EQ(first.status, 0) << first.err;
    for (const std::string word : {"original", "vanilla", "ln-free", "mean loss", "JSD"})
        EXPECT_NE(first.out.find(word), std::string::npos) << first.out;
    const Hdf5Reader reader(file);
    EXPECT_EQ(reader.textAttribute("/", "kind"), "compare");
    for (const std::string pair : {"original__vanilla", "original__ln-free", "vanilla__ln-free"})
        for (const double value : reader.numbers("/pairs/" + pair + "/jsd").values)
            EXPECT_TRUE(value >= 0.0 && value <= std::log(2.0)) << pair;
    EXPECT_EQ(residuum(command).out, first.out) << "from the cache";
}

TEST(CompareCommand, OfADatasetWithIntervals) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "d.txt") << "Once upon a time there was a dog.<|endoftext|>The "
                                              "cat sat.<|endoftext|>A boy went to the park.";
    const auto file = (folder.path() / "c.h5").string();
    const auto outcome = residuum({"compare", "demo:original", "demo:ln-free", "--dataset",
                                   (folder.path() / "d.txt").string(), "--bootstrap", "200",
                                   "--seed", "3", "-o", file});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("nats after \""), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("(sequence "), std::string::npos) << outcome.out;
    const Hdf5Reader reader(file);
    const auto ends = reader.numberAttribute("/models/original", "mean_loss_ci95");
    const double mean = reader.numberAttribute("/models/original", "mean_loss").front();
    ASSERT_EQ(ends.size(), 2U);
    EXPECT_LT(ends[0], mean);
    EXPECT_GT(ends[1], mean);
    EXPECT_EQ(reader.numberAttribute("/pairs/original__ln-free", "mean_jsd_ci95").size(), 2U);
    EXPECT_FALSE(reader.contains("/models/original/kurtosis"));
}

TEST(CompareCommand, RefusesInOneLine) {
    const TemporaryFolder folder;
    const auto outcome = residuum(
        {"compare", "demo:original", "--ids", "5", "-o", (folder.path() / "c.h5").string()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.errorLines(), 1U);
    EXPECT_NE(outcome.err.find("at least two tokens"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "c.h5"));
}

#ifdef RESIDUUM_GUI
TEST(CompareCommand, DrawsItsFigures) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "c.h5").string(), one = (folder.path() / "o.h5").string();
    ASSERT_EQ(residuum({"compare", "demo:original", "demo:ln-free", "--prompt", prompt, "--layers",
                        "--attention", "-o", file})
                  .status,
              0);
    ASSERT_EQ(residuum({"compare", "demo:original", "--prompt", prompt, "-o", one}).status, 0);
    for (const std::string kind : {"token-loss",
                                   "token-entropy",
                                   "token-jsd",
                                   "token-kl",
                                   "residual-norm",
                                   "sinks",
                                   "previous-token",
                                   "self-attention",
                                   "induction",
                                   "duplicate",
                                   "attention-entropy",
                                   "calibration",
                                   "loss-by-position",
                                   "kurtosis",
                                   "max-median",
                                   "growth",
                                   "cosine",
                                   "signal-propagation",
                                   "loss-distribution",
                                   "entropy-distribution",
                                   "jsd-distribution",
                                   "kl-distribution",
                                   "massive",
                                   "head-finder",
                                   "apart",
                                   "high-loss",
                                   "comparison-table"}) {
        const auto figure = (folder.path() / (kind + ".svg")).string();
        const auto outcome = residuum({"figure", file, "--kind", kind, "-o", figure, "--csv"});
        EXPECT_EQ(outcome.status, 0) << kind << ": " << outcome.err;
        EXPECT_TRUE(std::filesystem::exists(figure)) << kind;
    }
    const auto csv = readFile(folder.path() / "apart.csv");
    EXPECT_NE(csv.find("▸"), std::string::npos) << csv.substr(0, 300);
    const auto figure = (folder.path() / "f.svg").string();
    ASSERT_EQ(residuum({"figure", file, "--kind", "head-finder", "--score", "induction", "-o",
                        (folder.path() / "h.svg").string(), "--csv"})
                  .status,
              0);
    const auto heads = readFile(folder.path() / "h.csv");
    EXPECT_NE(heads.find("induction"), std::string::npos) << heads.substr(0, 300);
    EXPECT_EQ(heads.find("sink rate"), std::string::npos) << heads.substr(0, 300);
    for (const auto& [kind, word] :
         std::vector<std::pair<std::string, std::string>>{{"token-jsd", "two models or more"},
                                                          {"sinks", "--attention"},
                                                          {"kurtosis", "--layers"}}) {
        const auto outcome = residuum({"figure", one, "--kind", kind, "-o", figure});
        EXPECT_EQ(outcome.status, 1) << kind;
        EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
    }
}
#endif

} // namespace
} // namespace residuum::test
