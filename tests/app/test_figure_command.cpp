// `residuum figure` and `residuum cache`, through the real program.
#include "golden.h"
#include "support/synthetic_model.h"

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace residuum::test {
namespace {

class FigureCommand : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto made = residuum({"dla", "demo:original", "demo:ln-free", "--prompt",
                                    "Then, Mary and John went to the store. John gave a book to",
                                    "--target", " Mary", "--versus", " John", "--position", "all",
                                    "--quiet", "-o", result()});
        ASSERT_EQ(made.status, 0) << made.err;
    }

    std::string result() const { return folder_.path() / "r ü.h5"; }
    std::string output(const std::string& name) const { return folder_.path() / name; }

    TemporaryFolder folder_;
};

TEST_F(FigureCommand, TheCsvHoldsTheResultsNumbers) {
    const auto outcome = residuum({"figure", result(), "--position", "3", "-o", output("f.csv")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    std::istringstream lines(readFile(output("f.csv")));
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "panel,cell,DLA (LN frozen) [logits]");
    const Hdf5Reader reader(result());
    for (const std::string model : {"original", "ln-free"}) {
        const auto labels = reader.strings("/models/" + model + "/component");
        const auto dla = reader.numbers("/models/" + model + "/dla");
        const auto positions = static_cast<std::size_t>(dla.shape[2]);
        for (std::size_t c = 0; c < labels.size(); ++c) {
            ASSERT_TRUE(std::getline(lines, line));
            const auto head = model + "," + labels[c] + ",";
            ASSERT_TRUE(line.starts_with(head)) << line;
            EXPECT_EQ(std::stod(line.substr(head.size())), dla.values[c * positions + 3]) << line;
        }
    }
    EXPECT_FALSE(std::getline(lines, line));
}

/// A heatmap more, columns more in the table of contributors; other figures have none.
TEST_F(FigureCommand, TheDifferenceOfTwoModels) {
    const auto drawn = [&](const std::string& kind, const std::string& difference) {
        std::vector<std::string> arguments{"figure", result(), "--kind",
                                           kind,     "-o",     output("f.csv")};
        if (!difference.empty())
            arguments.insert(arguments.end(), {"--difference", difference});
        const auto outcome = residuum(arguments);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return readFile(output("f.csv"));
    };
    const auto plain = drawn("attribution", ""), with = drawn("attribution", "0,1"),
               back = drawn("attribution", "1,0");
    EXPECT_TRUE(with.starts_with(plain));
    EXPECT_NE(with.find("original − ln-free,L1H6,"), std::string::npos) << with;
    EXPECT_NE(back.find("ln-free − original,L1H6,"), std::string::npos);
    EXPECT_EQ(drawn("scatter", "0,1"), drawn("scatter", ""));
    EXPECT_NE(drawn("contributors", "0,1").find("original − ln-free"), std::string::npos);
    EXPECT_EQ(drawn("contributors", "").find("−"), std::string::npos);
    for (const auto* wrong : {"0", "0,1,2", "-1,0", "a,b", "0,2"})
        EXPECT_EQ(
            residuum({"figure", result(), "--difference", wrong, "-o", output("no.csv")}).status, 2)
            << wrong;
}

/// Panel and cell to number, of a CSV with three columns.
std::map<std::pair<std::string, std::string>, std::string> cellsOf(const std::string& csv) {
    std::map<std::pair<std::string, std::string>, std::string> cells;
    std::istringstream lines(csv);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        const auto first = line.find(','), last = line.rfind(',');
        cells[{line.substr(0, first), line.substr(first + 1, last - first - 1)}] =
            line.substr(last + 1);
    }
    return cells;
}

/// Each model has its own top neurons, in its own order.
TEST(PatchFigures, ADifferenceSubtractsNeuronsNotRanks) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
    const auto made = residuum(
        {"patch", "demo:original", "demo:vanilla", "--clean",
         "Then, Mary and John went to the store. John gave a book to", "--corrupt",
         "Then, Mary and John went to the store. Mary gave a book to", "--correct", " Mary",
         "--incorrect", " John", "--sites", "mlp_post", "--quiet", "-o", path("p.h5")});
    ASSERT_EQ(made.status, 0) << made.err;
    for (const std::string kind : {"patching", "exact", "estimate", "patching-error"}) {
        const auto drawn = residuum({"figure", path("p.h5"), "--kind", kind, "--difference", "0,1",
                                     "-o", path(kind + ".csv")});
        ASSERT_EQ(drawn.status, 0) << drawn.err;
        const auto cells = cellsOf(readFile(path(kind + ".csv")));
        if (kind == "patching") // its exact and its estimated panels have the same names
            continue;
        int shared = 0, missing = 0;
        for (const auto& [cell, number] : cells) {
            if (cell.first != "original − vanilla")
                continue;
            const auto a = cells.find({"original", cell.second});
            const auto b = cells.find({"vanilla", cell.second});
            ASSERT_NE(a, cells.end());
            if (b == cells.end()) {
                EXPECT_EQ(number, "") << kind << " " << cell.second;
                ++missing;
                continue;
            }
            EXPECT_DOUBLE_EQ(std::stod(number), std::stod(a->second) - std::stod(b->second))
                << kind << " " << cell.second;
            ++shared;
        }
        EXPECT_EQ(shared, 39) << kind;
        EXPECT_EQ(missing, 11) << kind;
        if (kind == "estimate") { // 0.616 − 0.557; −0.492 − −0.653
            EXPECT_NEAR(std::stod(cells.at({"original − vanilla", "L3N340"})), 0.060, 0.001);
            EXPECT_NEAR(std::stod(cells.at({"original − vanilla", "L3N348"})), 0.160, 0.001);
        }
    }
}

TEST(NeuronFigures, EveryViewIsDrawnAndItsNumbersAreTheFiles) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
    const auto made = residuum({"neurons", "demo:original", "demo:ln-free", "--prompt",
                                "Mary went to the store. John went to the park.", "--neurons",
                                "7,300", "--per-token", "--quiet", "-o", path("n.h5")});
    ASSERT_EQ(made.status, 0) << made.err;
    for (const std::string view :
         {"neurons", "norm-logitvar", "norm-nullspace", "neuron-entropy", "neuron-loss",
          "cumulative", "neuron-activations", "neuron-table"})
        for (const std::string ending : {".pdf", ".csv"}) {
            const auto file = path(view + ending);
            const auto outcome =
                residuum({"figure", path("n.h5"), "--kind", view, "--pin", "L3N300", "-o", file});
            EXPECT_EQ(outcome.status, 0) << view << ending << outcome.err;
            EXPECT_GT(readFile(file).size(), 100U) << view << ending;
        }
    const Hdf5Reader reader(path("n.h5"));
    const auto entropy = reader.numbers("/models/ln-free/frozen_entropy_abs").values;
    const auto quantile = reader.numbers("/models/ln-free/frozen_entropy_abs_quantile").values;
    std::istringstream lines(readFile(path("neuron-entropy.csv")));
    bool found = false;
    for (std::string line; std::getline(lines, line);) {
        const std::string head = "ln-free,LN frozen,300,";
        if (!line.starts_with(head))
            continue;
        std::istringstream numbers(line.substr(head.size()));
        std::vector<double> values;
        for (std::string number; std::getline(numbers, number, ',');)
            values.push_back(std::stod(number));
        ASSERT_EQ(values.size(), 6U);
        EXPECT_EQ(values[0], entropy[1]);
        for (std::size_t level = 1; level < 6; ++level) // 5, 25, 50, 75, 95 %
            EXPECT_EQ(values[level], quantile[7 + level]);
        found = true;
    }
    EXPECT_TRUE(found);
    const auto activation = reader.numbers("/models/ln-free/activation");
    const auto text = readFile(path("neuron-activations.csv"));
    EXPECT_TRUE(text.starts_with("thing,panel,pos,token,mlp.hook_post of layer 3\n"));
    const std::string head = "L3N300,ln-free,3,·the,";
    const auto place = text.find(head);
    ASSERT_NE(place, std::string::npos) << text;
    EXPECT_EQ(std::stod(text.substr(place + head.size())),
              activation.values[static_cast<std::size_t>(activation.shape[2] + 3)])
        << "Mary went to the";
}

/// Vocabularies of one size, layers of different widths and depths.
TEST(NeuronFigures, ModelsOfDifferentSizesShareAFigure) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
    writeSyntheticGpt2(path("small"), syntheticConfig(1, 2, 16, 60, 24), 1);
    writeSyntheticGpt2(path("large"), syntheticConfig(3, 2, 32, 60, 24), 1);
    const auto made =
        residuum({"neurons", path("small"), path("large"), "--ids", "1,2,3,4,5,6,7,8,9",
                  "--neurons", "top:5", "--quiet", "-o", path("n.h5")});
    ASSERT_EQ(made.status, 0) << made.err;
    for (const std::string view : {"neurons", "neuron-table"}) {
        const auto outcome =
            residuum({"figure", path("n.h5"), "--kind", view, "-o", path(view + ".csv")});
        EXPECT_EQ(outcome.status, 0) << outcome.err;
    }
    const auto refused =
        residuum({"figure", path("n.h5"), "--kind", "neuron-activations", "-o", path("a.pdf")});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("--per-token"), std::string::npos) << refused.err;
}

TEST_F(FigureCommand, DrawsEveryViewInEveryFormatTheSameEachTime) {
    for (const std::string view :
         {"attribution", "direct-effect", "error", "scatter", "contributors"}) {
        for (const std::string ending : {".pdf", ".svg", ".png", ".csv"}) {
            const std::vector<std::string> arguments{"figure", result(),   "--kind",
                                                     view,     "--preset", "acl-column",
                                                     "--pin",  "L1H6",     "-o"};
            ASSERT_EQ(residuum(arguments + std::vector{output("a" + ending)}).status, 0);
            const auto first = readFile(output("a" + ending));
            EXPECT_GT(first.size(), 500u);
            if (view != "scatter")
                continue; // once is enough to see that it does not differ
            ASSERT_EQ(residuum(arguments + std::vector{output("a" + ending)}).status, 0);
            EXPECT_TRUE(first == readFile(output("a" + ending))) << view << ending;
        }
    }
}

TEST_F(FigureCommand, TheSidecarNamesModelsRequestAndCommands) {
    ASSERT_EQ(
        residuum({"figure", result(), "--kind", "error", "--latex", "-o", output("f.pdf")}).status,
        0);
    const auto sidecar = nlohmann::json::parse(readFile(output("f.pdf.json")));
    EXPECT_EQ(sidecar["models"][1]["name"], "ln-free");
    EXPECT_TRUE(sidecar["models"][1]["weights_hash"].get<std::string>().starts_with("xxh3-128:"));
    EXPECT_EQ(sidecar["request"]["kind"], "dla");
    EXPECT_EQ(sidecar["commands"][1], "residuum figure 'r ü.h5' --kind error -o f.pdf");
    const auto latex = readFile(output("f.tex"));
    EXPECT_NE(latex.find("LN frozen"), std::string::npos);
    EXPECT_NE(latex.find("“ Mary” versus “ John”"), std::string::npos);
}

/// Runs what a sidecar says, and compares the numbers.
TEST_F(FigureCommand, TheCommandsMakeTheSameFigureAgain) {
    ASSERT_EQ(residuum({"figure", result(), "--kind", "error", "-o", output("f.csv")}).status, 0);
    const auto sidecar = nlohmann::json::parse(readFile(output("f.csv.json")));
    const auto before = readFile(output("f.csv"));
    const TemporaryFolder elsewhere;
    std::string script = "cd '" + elsewhere.path().string() + "' && residuum() { '" +
                         RESIDUUM_PROGRAM + "' \"$@\"; }";
    for (const auto& command : sidecar["commands"])
        script += " && " + command.get<std::string>();
    const auto outcome = runProgram("sh", {"-c", script});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(readFile(elsewhere.path() / "f.csv"), before);
}

/// Rows that add up to 1, of the head that was asked for.
TEST(AttentionFigures, AreDrawnOfAFileOfActivations) {
    TemporaryFolder folder;
    const std::string file = folder.path() / "run.h5", drawn = folder.path() / "f.csv";
    const auto made =
        residuum({"run", "demo:original", "demo:ln-free", "--prompt", "Then, Mary and John went",
                  "--activations", "blocks.1.attn.hook_pattern", "--quiet", "-o", file});
    ASSERT_EQ(made.status, 0) << made.err;
    const auto outcome =
        residuum({"figure", file, "--kind", "attention", "--head", "L1H6", "-o", drawn});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto pattern =
        Hdf5Reader(file).numbers("/models/original/activations/blocks.1.attn.hook_pattern");
    const auto tokens = static_cast<std::size_t>(pattern.shape[2]);
    std::istringstream lines(readFile(drawn));
    std::string line;
    std::getline(lines, line);
    for (std::size_t query = 0; query < tokens; ++query)
        for (std::size_t key = 0; key <= query; ++key) {
            ASSERT_TRUE(std::getline(lines, line));
            EXPECT_EQ(std::stod(line.substr(line.rfind(',') + 1)),
                      pattern.values[(6 * tokens + query) * tokens + key])
                << line;
        }
    const auto other = residuum({"figure", file, "--head", "L0H6", "-o", drawn});
    EXPECT_EQ(other.status, 1);
    EXPECT_NE(other.err.find("--activations"), std::string::npos) << other.err;
    EXPECT_EQ(residuum({"figure", file, "--head", "L1H99", "-o", drawn}).status, 2);
    EXPECT_EQ(residuum({"figure", file, "-o", drawn}).status, 2);
}

TEST_F(FigureCommand, WrongWishesAreRefusedInOneSentence) {
    const std::vector<std::pair<std::vector<std::string>, int>> wrong{
        {{result(), "-o", output("f.gif")}, 2},
        {{result(), "--kind", "pie", "-o", output("f.pdf")}, 2},
        {{result(), "--width", "3 parsecs", "-o", output("f.pdf")}, 2},
        {{result(), "--preset", "nature", "-o", output("f.pdf")}, 2},
        {{result(), "--position", "99", "-o", output("f.pdf")}, 2},
        {{result(), "--sample", "7", "-o", output("f.pdf")}, 2},
        {{result(), "--difference", "0,9", "-o", output("f.pdf")}, 2},
        {{result(), "--limit", "-1", "-o", output("f.pdf")}, 2},
        {{result(), "--site", "z", "-o", output("f.pdf")}, 2},
        {{result(), "--normalized", "-o", output("f.pdf")}, 2},
        {{result(), "--kind", "scatter", "--effect", "loss", "-o", output("f.pdf")}, 2},
        {{result(), "--sample", "first", "-o", output("f.pdf")}, 2},
        {{result(), "--pin", "nothing", "-o", output("f.pdf")}, 2},
        {{output("missing.h5"), "-o", output("f.pdf")}, 1},
        {{std::string(RESIDUUM_GOLDEN_DIR) + "/expected.h5", "-o", output("f.pdf")}, 1},
        {{result(), "-o", output("no/such/folder/f.pdf")}, 1},
    };
    for (const auto& [arguments, status] : wrong) {
        const auto outcome = residuum(std::vector<std::string>{"figure"} + arguments);
        EXPECT_EQ(outcome.status, status) << join(arguments, " ") << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(output("f.pdf")));
    }
    std::filesystem::resize_file(result(), std::filesystem::file_size(result()) - 1);
    const auto damaged = residuum({"figure", result(), "-o", output("f.pdf")});
    EXPECT_EQ(damaged.status, 1);
    EXPECT_NE(damaged.err.find("is damaged"), std::string::npos);
}

TEST(CacheCommand, InformsVerifiesAndPrunes) {
    const TemporaryFolder folder;
    ASSERT_EQ(
        residuum({"dla", "demo:ln-free", "--ids", "5,6,7,8", "-o", folder.path() / "r.h5"}).status,
        0);
    EXPECT_NE(residuum({"cache", "info"}).out.find("results  "), std::string::npos);
    EXPECT_NE(residuum({"cache", "verify"}).out.find(" 0 set aside"), std::string::npos);
    EXPECT_NE(residuum({"cache", "prune", "--max-size", "0"}).out.find("0 results, 0 bytes, are"),
              std::string::npos);
    EXPECT_EQ(residuum({"cache", "prune", "--max-size", "lots"}).status, 2);
    EXPECT_EQ(residuum({"cache"}).status, 2);
}

TEST(CacheCommand, NoCacheNeitherReadsNorWrites) {
    const TemporaryFolder folder;
    ASSERT_EQ(residuum({"cache", "prune", "--max-size", "0"}).status, 0);
    ASSERT_EQ(residuum({"dla", "demo:ln-free", "--ids", "5,6,7", "--no-cache", "-o",
                        folder.path() / "r.h5"})
                  .status,
              0);
    EXPECT_NE(residuum({"cache", "info"}).out.find("results  0"), std::string::npos);
}

} // namespace
} // namespace residuum::test
