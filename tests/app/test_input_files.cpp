// Files of tokens, texts and pairs on the command line: what is refused, left out and recorded.
#include "golden.h"
#include "support/synthetic_model.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class InputFiles : public ::testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& content) {
        const auto file = folder_.path() / name;
        std::ofstream(file, std::ios::binary) << content;
        return file.string();
    }

    std::string path(const std::string& name) const { return folder_.path() / name; }

    /// Runs a shell line in `folder`, "residuum" being the program.
    static Outcome inFolder(const fs::path& folder, std::string line) {
        const std::string word = "residuum ";
        if (line.starts_with(word))
            line = std::string("'") + RESIDUUM_PROGRAM + "' " + line.substr(word.size());
        return runProgram("/bin/sh", {"-c", "cd '" + folder.string() + "' && " + line});
    }

    std::string refused(const std::vector<std::string>& arguments, int status = 1) {
        const auto outcome = residuum(arguments + std::vector<std::string>{"-o", path("no.h5")});
        EXPECT_EQ(outcome.status, status) << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_FALSE(fs::exists(path("no.h5")));
        return outcome.err;
    }

    TemporaryFolder folder_;
};

const std::string threePairs =
    R"({"clean": "Mary went to", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"}
{"clean": "Mary went to the", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"}
{"clean": "John went to", "corrupt": "Mary went to", "correct": " John", "incorrect": " Mary"}
)";

TEST_F(InputFiles, PairsLeftOutAreInTheFileAlsoQuietAndFromTheCache) {
    const auto pairs = write("skip.jsonl", threePairs);
    for (const bool quiet : {false, true}) {
        const auto output = path(quiet ? "b.h5" : "a.h5");
        std::vector<std::string> arguments{"patch", "demo:original", "--prompts", pairs,
                                           "-o",    output};
        if (quiet)
            arguments.emplace_back("--quiet");
        const auto outcome = residuum(arguments);
        ASSERT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_EQ(outcome.err.find("skip.jsonl: 1 of 3 pairs were left out, the first: line 2: ") !=
                      std::string::npos,
                  !quiet)
            << outcome.err;
        const Hdf5Reader file(output);
        EXPECT_THAT(file.numbers("/source_line").values, ElementsAre(1, 3));
        EXPECT_THAT(file.numbers("/left_out/line").values, ElementsAre(2));
        EXPECT_THAT(file.strings("/left_out/reason").at(0), HasSubstr("token under token"));
        const auto request = nlohmann::json::parse(file.textAttribute("/", "request"));
        EXPECT_EQ(request["input"]["sha256"].get<std::string>().size(), 64U);
        EXPECT_EQ(request["input"]["file"], pairs);
    }
    EXPECT_EQ(Hdf5Reader(path("a.h5")).textAttribute("/", "key"),
              Hdf5Reader(path("b.h5")).textAttribute("/", "key"));
    // The same pairs given by another file are the same result, of other lines.
    const auto moved = write("moved.jsonl", "\n\n" + threePairs);
    ASSERT_EQ(residuum({"patch", "demo:original", "--prompts", moved, "-o", path("c.h5")}).status,
              0);
    EXPECT_THAT(Hdf5Reader(path("c.h5")).numbers("/source_line").values, ElementsAre(3, 5));
    EXPECT_EQ(Hdf5Reader(path("c.h5")).textAttribute("/", "key"),
              Hdf5Reader(path("a.h5")).textAttribute("/", "key"));
}

TEST_F(InputFiles, SequencesCarryTheirLines) {
    const auto data = write("d.jsonl", "{\"input_ids\": [1, 2, 3]}\n\n{\"text\": \"\"}\n"
                                       "{\"input_ids\": [4, 5]}\n{\"input_ids\": [6]}\n");
    const auto lines = [&](std::vector<std::string> arguments) {
        const auto output = path("r.h5");
        arguments.insert(arguments.begin() + 1, "demo:ln-free");
        const auto outcome = residuum(
            arguments + std::vector<std::string>{"--dataset", data, "--quiet", "-o", output});
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        const Hdf5Reader file(output);
        const auto request = nlohmann::json::parse(file.textAttribute("/", "request"));
        EXPECT_EQ(request["input"]["dataset"]["sha256"].get<std::string>().size(), 64U);
        EXPECT_EQ(file.numbers("/left_out/line").values.front(), 3);
        return file.numbers("/source_line").values;
    };
    EXPECT_THAT(lines({"run"}), ElementsAre(1, 4, 5));
    EXPECT_THAT(lines({"dla", "--bootstrap", "0"}), ElementsAre(1, 4, 5));
    EXPECT_THAT(lines({"neurons", "--neurons", "0,1", "--random-neurons", "1"}),
                ElementsAre(1, 4, 5));
    // Every sequence's last scored position; one token alone has none.
    EXPECT_THAT(lines({"dla", "--target", "next"}), ElementsAre(1, 4));
    const Hdf5Reader file(path("r.h5"));
    EXPECT_THAT(file.numbers("/models/ln-free/target").values, ElementsAre(3, 5));
    EXPECT_THAT(file.numbers("/left_out/line").values, ElementsAre(3, 5));
    const auto prompt = residuum({"run", "demo:ln-free", "--ids", "1,2", "-o", path("p.h5")});
    ASSERT_EQ(prompt.status, 0);
    EXPECT_FALSE(Hdf5Reader(path("p.h5")).contains("/source_line"));
    EXPECT_FALSE(Hdf5Reader(path("p.h5")).contains("/left_out"));
}

TEST_F(InputFiles, WrongEncodingsAndWidthsAreRefusedInOneLine) {
    const std::vector<std::string> run{"run", "demo:original", "--dataset"};
    std::string words;
    for (const unsigned id : {300U, 400U, 500U, 600U, 300U, 400U, 500U, 600U})
        words += {static_cast<char>(id & 255U), static_cast<char>(id >> 8U), '\0', '\0'};
    const auto u32 = write("u32.bin", words);
    EXPECT_THAT(refused(run + std::vector<std::string>{u32}), HasSubstr("--token-width 4"));
    ASSERT_EQ(
        residuum(run + std::vector<std::string>{u32, "--token-width", "4", "-o", path("u.h5")})
            .status,
        0);
    EXPECT_THAT(Hdf5Reader(path("u.h5")).numbers("/tokens").values,
                ElementsAre(300, 400, 500, 600, 300, 400, 500, 600));
    const auto utf16 = write("utf16.txt", std::string("\xff\xfeM\0a\0r\0y\0", 10));
    EXPECT_THAT(refused(run + std::vector<std::string>{utf16}),
                AllOf(HasSubstr("UTF-16"), HasSubstr("UTF-8")));
    const auto bom = write("bom.txt", "\xef\xbb\xbfMary went to");
    ASSERT_EQ(residuum(run + std::vector<std::string>{bom, "-o", path("bom.h5")}).status, 0);
    ASSERT_EQ(
        residuum({"run", "demo:original", "--prompt", "Mary went to", "-o", path("t.h5")}).status,
        0);
    EXPECT_EQ(Hdf5Reader(path("bom.h5")).numbers("/tokens").values,
              Hdf5Reader(path("t.h5")).numbers("/tokens").values);
    // tokenize --file stays byte for byte.
    EXPECT_THAT(residuum({"tokenize", "demo:original", "--file", bom, "--json"}).out,
                HasSubstr("{\"ids\":[239,187,191,"));
    EXPECT_THAT(refused(run + std::vector<std::string>{u32, "--split", "lines"}, 2),
                HasSubstr("--split lines"));
    EXPECT_THAT(refused({"run", "demo:original", "--prompt", "a", "--token-width", "4"}, 2),
                HasSubstr("goes with --dataset only"));
}

TEST_F(InputFiles, OneDocumentIsSaidAndHasNoInterval) {
    std::string story;
    for (int i = 0; i < 40; ++i)
        story += "Mary went to the store. John gave a book to Mary.\n";
    const auto data = write("story.txt", story);
    const std::vector<std::string> dla{"dla", "demo:original", "--dataset", data, "--sequences",
                                       "30",  "--length",      "16"};
    const auto one = residuum(dla + std::vector<std::string>{"-o", path("one.h5")});
    ASSERT_EQ(one.status, 0) << one.err;
    EXPECT_THAT(one.err, AllOf(HasSubstr("only 1 sequence of the 30"), HasSubstr("of 40 lines"),
                               HasSubstr("--split")));
    EXPECT_FALSE(Hdf5Reader(path("one.h5")).hasAttribute("/models/original", "nmae_heads_ci95"));
    const auto blocks =
        residuum(dla + std::vector<std::string>{"--split", "blocks", "-o", path("b.h5")});
    ASSERT_EQ(blocks.status, 0) << blocks.err;
    EXPECT_THAT(blocks.err, Not(HasSubstr("--split")));
    EXPECT_EQ(Hdf5Reader(path("b.h5")).numbers("/tokens").shape,
              (std::vector<std::int64_t>{30, 16}));
    EXPECT_TRUE(Hdf5Reader(path("b.h5")).hasAttribute("/models/original", "nmae_heads_ci95"));
}

TEST_F(InputFiles, OtherToolsPairsGiveTheSameNumbers) {
    const auto own = write("own.jsonl", threePairs.substr(0, threePairs.find('\n') + 1));
    const auto circuit = write("ac.json", R"({"prompts": [{"clean": "Mary went to",
        "corrupt": "John went to", "answers": [" Mary"], "wrong_answers": [" John"]}]})");
    const auto table = write("eap.csv", "\xef\xbb\xbf,clean,corrupted,correct_idx,incorrect_idx\r\n"
                                        "0,Mary went to,John went to,491,500\r\n");
    std::vector<std::string> keys;
    for (const auto& file : {own, circuit, table}) {
        const auto outcome =
            residuum({"patch", "demo:original", "--prompts", file, "-o", path("p.h5")});
        ASSERT_EQ(outcome.status, 0) << outcome.err;
        keys.push_back(Hdf5Reader(path("p.h5")).textAttribute("/", "key"));
    }
    EXPECT_THAT(keys, Each(keys.front()));
    // Several answers are another question, and their tokens stand in the file.
    const auto several = write("more.jsonl", R"({"clean": "Mary went to", "corrupt": "John went to",
 "correct": [" Mary", "#7"], "incorrect": " John"})");
    ASSERT_EQ(residuum({"patch", "demo:original", "--prompts", several, "-o", path("m.h5")}).status,
              0);
    const Hdf5Reader more(path("m.h5"));
    EXPECT_NE(more.textAttribute("/", "key"), keys.front());
    EXPECT_EQ(more.numbers("/more_correct").values.front(), 7);
}

TEST_F(InputFiles, EqualAnswersServeWhereNoDifferenceIsAsked) {
    const std::vector<std::string> patch{
        "patch", "demo:original", "--clean-ids", "77,491", "--corrupt-ids", "77,500", "--correct",
        "#491",  "--incorrect",   "#491",        "-o",     path("p.h5")};
    for (const std::string metric : {"prob", "logprob", "kl"})
        EXPECT_EQ(residuum(patch + std::vector<std::string>{"--metric", metric}).status, 0);
    EXPECT_EQ(residuum(patch).status, 1);
}

TEST_F(InputFiles, SpacesAreHintedAt) {
    const auto patch = [&](const std::string& clean, const std::string& corrupt,
                           const std::string& a, const std::string& b) {
        return residuum({"patch", "demo:original", "--clean", clean, "--corrupt", corrupt,
                         "--correct", a, "--incorrect", b, "-o", path("p.h5")})
            .err;
    };
    EXPECT_THAT(patch("Mary went to ", "John went to ", " Mary", " John"),
                HasSubstr("ends in a space"));
    EXPECT_THAT(patch("Mary went to", "John went to", "M", "J"),
                HasSubstr("\" M\" is one token too"));
    EXPECT_EQ(patch("Mary went to", "John went to", " Mary", " John"), "");
    EXPECT_THAT(residuum({"dla", "demo:original", "--prompt", "Mary went to ", "--target", " Mary",
                          "-o", path("d.h5")})
                    .err,
                HasSubstr("ends in a space"));
}

TEST_F(InputFiles, AGapOfRoundingOwnsNoMean) {
    const auto pairs = write(
        "gap.jsonl",
        R"({"clean_ids": [77, 491, 272, 500], "corrupt_ids": [77, 500, 272, 491], "correct": "#491", "incorrect": "#500"}
{"clean_ids": [77, 491, 272, 500], "corrupt_ids": [77, 500, 272, 491], "correct": "#310", "incorrect": "#533"}
)");
    const auto outcome = residuum({"patch", "demo:original", "--prompts", pairs, "--sites",
                                   "resid_pre", "-o", path("gap.h5")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("in 1 of 2 pairs"), HasSubstr("line 2")));
    const Hdf5Reader file(path("gap.h5"));
    EXPECT_THAT(file.numbers("/models/original/gap_defined").values, ElementsAre(1, 0));
#ifdef RESIDUUM_GUI
    ASSERT_EQ(residuum({"figure", path("gap.h5"), "--kind", "exact", "--normalised", "--csv",
                        "--latex", "-o", path("gap.svg")})
                  .status,
              0);
    std::ifstream csv(path("gap.csv"));
    std::string line;
    double largest = 0.0;
    std::getline(csv, line);
    while (std::getline(csv, line)) { // panel, cell, value, …
        const auto value = line.find(',', line.find(',') + 1) + 1;
        largest = std::max(largest, std::abs(std::atof(line.substr(value).c_str())));
    }
    EXPECT_GT(largest, 0.5);
    EXPECT_LT(largest, 2.0);
    EXPECT_THAT(readFile(path("gap.tex")), HasSubstr("ratios of means"));
#endif
}

TEST_F(InputFiles, DefaultsThatASmallLayerCannotMeetAreCutAndSaid) {
    writeSyntheticGpt2(path("small"), syntheticConfig(1, 1, 2, 16, 8), 1); // 8 neurons
    const auto study = residuum({"neurons", path("small"), "--ids", "1,2,3", "-o", path("n.h5")});
    ASSERT_EQ(study.status, 0) << study.err;
    EXPECT_THAT(study.err, AllOf(HasSubstr("--neurons top:50: there are only 8 neurons"),
                                 HasSubstr("--random-neurons 20: there are only 8 others")));
    EXPECT_EQ(Hdf5Reader(path("n.h5")).numbers("/models/small/neuron").values.size(), 8U);
    const std::vector<std::string> pair{"--clean-ids", "1,2", "--corrupt-ids", "3,2",
                                        "--correct",   "#4",  "--incorrect",   "#5"};
    const auto patch = residuum(std::vector<std::string>{"patch", path("small"), "--sites",
                                                         "mlp_post", "-o", path("p.h5")} +
                                pair);
    ASSERT_EQ(patch.status, 0) << patch.err;
    EXPECT_THAT(patch.err, HasSubstr("--top-neurons 50 is more than the model has; all 8"));
    const auto other =
        residuum(std::vector<std::string>{"patch", path("small"), "-o", path("p.h5")} + pair);
    EXPECT_EQ(other.status, 0) << other.err;
    EXPECT_EQ(other.err, "");
    const auto tight =
        residuum({"neurons", path("small"), "--ids", "1,2,3", "--neurons", "0", "--random-neurons",
                  "1", "--null-space", "1", "--memory", "1", "-o", path("n.h5")});
    ASSERT_EQ(tight.status, 0) << tight.err;
    EXPECT_THAT(tight.err, HasSubstr("--memory 1 is less than one token takes"));
    EXPECT_THAT(residuum(std::vector<std::string>{"patch", path("small"), "--memory", "1", "-o",
                                                  path("p.h5")} +
                         pair)
                    .err,
                HasSubstr("less than one pair takes"));
}

TEST_F(InputFiles, CommandsAreListed) {
    const auto outcome = residuum({"--commands"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    for (const std::string name : {"inspect", "tokenize", "run", "dla", "patch", "pairs", "neurons",
                                   "figure", "run-session", "cache"})
        EXPECT_THAT("\n" + outcome.out, HasSubstr("\n" + name + " headless\n"));
}

TEST_F(InputFiles, RecordsWorkInAnyFolder) {
    const auto run = folder_.path() / "runA", elsewhere = folder_.path() / "b";
    fs::create_directories(elsewhere / "checkpoint-500");
    writeSyntheticGpt2(run / "checkpoint-500", syntheticConfig(2, 2, 8, 32, 8), 3);
    write("short.jsonl", "{\"input_ids\": [1, 2, 3]}\n{\"input_ids\": [4, 5]}\n");
    write("b/short.jsonl", "{\"input_ids\": [9]}\n");
    const auto made = inFolder(run, "residuum dla checkpoint-500 --dataset ../short.jsonl "
                                    "--target argmax -o ../rel.h5");
    ASSERT_EQ(made.status, 0) << made.err;
    const auto request =
        nlohmann::json::parse(Hdf5Reader(path("rel.h5")).textAttribute("/", "request"));
    EXPECT_EQ(request["models"][0], (run / "checkpoint-500").string());
    EXPECT_EQ(request["input"]["dataset"]["file"], path("short.jsonl"));
    EXPECT_EQ(Hdf5Reader(path("rel.h5")).textAttribute("/models/checkpoint-500", "source"),
              "checkpoint-500");

    const auto pairs = "{\"clean_ids\": [1, 2], \"corrupt_ids\": [3, 2], \"correct\": 4, "
                       "\"incorrect\": 5}\n";
    write("pairs.jsonl", pairs);
    ASSERT_EQ(inFolder(run, "residuum patch ./checkpoint-500/ --prompts ../pairs.jsonl -o "
                            "../patch.h5")
                  .status,
              0);
#ifdef RESIDUUM_GUI
    for (const std::string kind : {"rel", "patch"}) {
        const auto first = folder_.path() / "first";
        fs::create_directories(first);
        const auto drawn =
            inFolder(first, "residuum figure ../" + kind + ".h5 -o " + kind + ".csv");
        ASSERT_EQ(drawn.status, 0) << drawn.err;
        const auto sidecar = nlohmann::json::parse(readFile(first / (kind + ".csv.json")));
        const auto& commands = sidecar.at("commands");
        ASSERT_GE(commands.size(), 2U) << sidecar.dump(1);
        for (const auto& command : commands) {
            const auto outcome = inFolder(elsewhere, command.get<std::string>());
            ASSERT_EQ(outcome.status, 0) << command << outcome.err;
        }
        EXPECT_EQ(readFile(elsewhere / (kind + ".csv")), readFile(first / (kind + ".csv")));
    }
#endif
}

TEST_F(InputFiles, TheTokenizerNamedIsRecorded) {
    const auto model = folder_.path() / "bare";
    writeSyntheticGpt2(model, syntheticConfig(1, 1, 8, 1024, 16), 3);
    fs::create_directories(folder_.path() / "words");
    for (const std::string name : {"vocab.json", "merges.txt"})
        fs::copy_file(resources() / "demo/original" / name, folder_.path() / "words" / name);
    const auto made = inFolder(folder_.path(), "residuum dla bare --tokenizer words --prompt "
                                               "'Mary went' -o t.h5");
    ASSERT_EQ(made.status, 0) << made.err;
    const auto request =
        nlohmann::json::parse(Hdf5Reader(path("t.h5")).textAttribute("/", "request"));
    EXPECT_EQ(request["tokenizer"], path("words"));
#ifdef RESIDUUM_GUI
    ASSERT_EQ(residuum({"figure", path("t.h5"), "-o", path("t.csv")}).status, 0);
    EXPECT_THAT(readFile(path("t.csv.json")), HasSubstr("--tokenizer " + path("words")));
#endif
}

} // namespace
} // namespace residuum::test
