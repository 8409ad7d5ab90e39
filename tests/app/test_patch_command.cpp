// `residuum patch` against the reference numbers and on the demo models.
#include "golden.h"
#include "support/stored_form.h"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

struct Precision {
    const char* dtype;
    double tolerance; ///< of the largest value
};

class PatchGolden : public ::testing::TestWithParam<Precision> {};

std::string ids(const NumberArray& tokens, std::size_t row) {
    const auto width = static_cast<std::size_t>(tokens.shape.back());
    std::vector<std::string> list;
    for (std::size_t p = 0; p < width; ++p)
        list.push_back(std::to_string(static_cast<int>(tokens.values[row * width + p])));
    return join(list, ",");
}

TEST_P(PatchGolden, ExactAndAttribution) {
    const TemporaryFolder folder;
    const Hdf5Reader expected(golden() / "expected.h5");
    const auto clean = expected.numbers("/clean"), corrupt = expected.numbers("/corrupt"),
               answers = expected.numbers("/answers");
    const auto output = (folder.path() / "patch.h5").string();
    std::vector<std::string> arguments{"patch", golden() / "tiny-ln", golden() / "tiny-lnfree"};
    for (std::size_t i = 0; i < static_cast<std::size_t>(clean.shape[0]); ++i)
        arguments =
            arguments +
            std::vector<std::string>{
                "--clean-ids",   ids(clean, i),
                "--corrupt-ids", ids(corrupt, i),
                "--correct",     "#" + std::to_string(static_cast<int>(answers.values[2 * i])),
                "--incorrect",   "#" + std::to_string(static_cast<int>(answers.values[2 * i + 1]))};
    const auto outcome =
        residuum(arguments + std::vector<std::string>{"--sites", "resid_pre,attn_out,mlp_out,z",
                                                      "--dtype", GetParam().dtype, "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;

    const Hdf5Reader result(output);
    int compared = 0;
    for (const std::string model : {"tiny-ln", "tiny-lnfree"}) {
        for (const std::string data :
             {"exact/resid_pre", "exact/attn_out", "exact/mlp_out", "exact/z", "exact/z_all_pos",
              "attribution/resid_pre", "attribution/attn_out", "attribution/mlp_out",
              "attribution/z", "clean_metric", "corrupt_metric"}) {
            const auto ours = result.numbers("/models/" + model + "/" + data);
            const auto stride = ours.values.size() / static_cast<std::size_t>(ours.shape[0]);
            for (std::size_t i = 0; i < static_cast<std::size_t>(ours.shape[0]); ++i) {
                const auto want =
                    expected.numbers("/" + model + "/patching/" + std::to_string(i) + "/" + data);
                const std::vector<double> have(ours.values.begin() + long(i * stride),
                                               ours.values.begin() + long((i + 1) * stride));
                EXPECT_TRUE(near(have, want.values, want.shape,
                                 GetParam().tolerance * largestMagnitude(want.values)))
                    << model << " " << data << " " << i;
                ++compared;
            }
        }
    }
    EXPECT_EQ(compared, 44);
    EXPECT_EQ(axisNames(output, "/models/tiny-ln/exact/z"),
              (std::vector<std::string>{"prompt", "layer", "head", "pos"}));
}

INSTANTIATE_TEST_SUITE_P(Precisions, PatchGolden,
                         ::testing::Values(Precision{"float32", 5e-5}, Precision{"float64", 2e-6}),
                         [](const auto& tested) { return std::string(tested.param.dtype); });

TEST(PatchCommand, FindsAnIndirectObjectsAnswerOnTheDemoModels) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "patch.h5").string();
    const auto outcome = residuum(
        {"patch", "demo:original", "demo:vanilla", "demo:ln-free", "--clean",
         "Then, Mary and John went to the store. John gave a book to", "--corrupt",
         "Then, Mary and John went to the store. Mary gave a book to", "--correct", " Mary",
         "--incorrect", " John", "--sites", "resid_pre,z,mlp_post,pattern", "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("exact patches"));
    EXPECT_THAT(outcome.out, HasSubstr("Pearson"));
    const Hdf5Reader result(output);
    for (const std::string model : {"original", "vanilla", "ln-free"}) {
        const auto group = "/models/" + model;
        const double clean = result.numbers(group + "/clean_metric").values.at(0);
        const double corrupt = result.numbers(group + "/corrupt_metric").values.at(0);
        EXPECT_GT(clean, 1.0) << model;
        EXPECT_LT(corrupt, -1.0) << model;
        // The answer enters at the second mention of the name, the only token that differs …
        const auto exact = result.numbers(group + "/exact/resid_pre");
        const auto width = static_cast<std::size_t>(exact.shape.back());
        const auto tokens = result.numbers("/clean").values,
                   other = result.numbers("/corrupt").values;
        std::size_t differing = 0;
        while (tokens[differing] == other[differing])
            ++differing;
        EXPECT_NEAR(exact.values[differing], clean - corrupt, 1e-3 * (clean - corrupt));
        // … and has gone to the last position before the last block.
        const auto layers = static_cast<std::size_t>(exact.shape[1]);
        EXPECT_GT(exact.values[(layers - 1) * width + width - 1], 0.5 * (clean - corrupt)) << model;
        EXPECT_EQ(result.numbers(group + "/exact/mlp_post").shape,
                  (std::vector<std::int64_t>{1, 50}));
    }
}

TEST(PatchCommand, AnswersFromTheCacheBitForBit) {
    const TemporaryFolder folder;
    const auto run = [&](const std::string& name) {
        const auto output = (folder.path() / name).string();
        const auto outcome = residuum({"patch", "demo:original", "--task", "ioi-paper", "--pairs",
                                       "5", "--sites", "z,attn_out,mlp_post", "--method",
                                       "attribution,exact,atp-star,ig,eap,eap-ig,path", "--sender",
                                       "L0H0", "--receivers", "L2H1,L3.mlp,logits", "-o", output});
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return output;
    };
    const Hdf5Reader first(run("a.h5")), second(run("b.h5"));
    for (const std::string data :
         {"exact/z", "exact/z_all_pos", "exact/mlp_post", "attribution/attn_out", "atp_star/z",
          "ig/attn_out", "eap/mean", "eap/std", "eap_ig/mean", "path/effect"}) {
        const auto a = first.numbers("/models/original/" + data);
        EXPECT_TRUE(near(a.values, second.numbers("/models/original/" + data).values, a.shape, 0.0))
            << data;
        EXPECT_GT(largestMagnitude(a.values), 0.0) << data;
    }
    EXPECT_EQ(
        first.strings("/models/original/path/receiver"),
        (std::vector<std::string>{"L2H1.q", "L2H1.k", "L2H1.v", "L3.mlp", "logits", "together"}));
}

TEST(PatchCommand, EdgesArePatchedExactlyAndCircuitsRunWithTheirFigures) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "edges.h5").string();
    const std::vector<std::string> arguments{"patch",
                                             "demo:original",
                                             "demo:ln-free",
                                             "--task",
                                             "ioi-paper",
                                             "--pairs",
                                             "4",
                                             "--method",
                                             "eap",
                                             "--check-edges",
                                             "6",
                                             "--faithfulness",
                                             "0,3,powers,all",
                                             "--random-circuits",
                                             "2",
                                             "-o",
                                             output};
    const auto outcome = residuum(arguments);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("6 edges by |eap| against exact"));
    EXPECT_THAT(outcome.out, HasSubstr("edges kept: faithfulness 1.000"));
    const Hdf5Reader result(output);
    for (const std::string model : {"/models/original/", "/models/ln-free/"}) {
        EXPECT_EQ(result.strings(model + "eap/edge").size(), 6U);
        EXPECT_EQ(result.numbers(model + "eap/exact").shape, (std::vector<std::int64_t>{4, 6}));
        const auto sizes = result.numbers(model + "circuits/size").values;
        const auto ratios = result.numbers(model + "eap/faithfulness").values;
        ASSERT_EQ(ratios.size(), sizes.size());
        EXPECT_EQ(sizes[0], 0.0);
        EXPECT_NEAR(ratios.front(), 0.0, 1e-6);
        EXPECT_NEAR(ratios.back(), 1.0, 1e-4);
        EXPECT_EQ(result.numbers(model + "circuits/random").shape,
                  (std::vector<std::int64_t>{4, static_cast<std::int64_t>(sizes.size()), 2}));
    }
    for (const std::string view : {"edge-graph", "edges", "edge-check", "faithfulness"}) {
        const auto drawn = residuum(
            {"figure", output, "--kind", view, "-o", (folder.path() / (view + ".svg")).string()});
        EXPECT_EQ(drawn.status, 0) << drawn.err;
    }
    auto again = arguments;
    again.back() = (folder.path() / "again.h5").string();
    ASSERT_EQ(residuum(again).status, 0);
    const Hdf5Reader second(again.back());
    for (const std::string data : {"eap/exact", "eap/kept", "circuits/random"}) {
        const auto a = result.numbers("/models/ln-free/" + data);
        EXPECT_TRUE(near(a.values, second.numbers("/models/ln-free/" + data).values, a.shape, 0.0))
            << data;
    }
    const auto refused = residuum({"patch", "demo:original", "--task", "ioi-paper", "--pairs", "2",
                                   "--check-edges", "5", "-o", output});
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.err, HasSubstr("eap or eap-ig is needed"));
}

TEST(PatchCommand, ReadsPairsOfAFileAndSaysWhatItLeavesOut) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "pairs.jsonl").string();
    const auto output = (folder.path() / "p.h5").string();
    std::ofstream(file)
        << R"({"clean": "Then, Mary and John", "corrupt": "Then, Anna and John", "correct": " went", "incorrect": " was"})"
        << "\n"
        << R"({"clean": "Then, Mary and John went", "corrupt": "Then, Anna", "correct": " to", "incorrect": " was"})"
        << "\n";
    const auto outcome = residuum({"patch", "demo:original", "--prompts", file, "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("1 of 2 pairs were left out, the first: line 2"));
    EXPECT_THAT(outcome.err, HasSubstr("token under token"));
    EXPECT_EQ(Hdf5Reader(output).numbers("/clean").shape[0], 1);
    std::ofstream(file) << "{\"clean\": 3}\n";
    const auto refused = residuum({"patch", "demo:original", "--prompts", file, "-o", output});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("pairs.jsonl line 1: is no pair"));
}

TEST(PatchCommand, RefusesInOneLine) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "p.h5").string();
    const auto refused = [&](std::vector<std::string> more, int status, const std::string& why) {
        const auto outcome =
            residuum(std::vector<std::string>{"patch", "demo:original", "-o", output} + more);
        EXPECT_EQ(outcome.status, status) << why;
        EXPECT_THAT(outcome.err, HasSubstr(why));
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
        EXPECT_FALSE(std::filesystem::exists(output));
    };
    const std::vector<std::string> pair{"--clean", "Then, Mary", "--corrupt", "Then, John"};
    const std::vector<std::string> answers{"--correct", " Mary", "--incorrect", " John"};
    refused({}, 2, "give --clean TEXT");
    refused(pair, 2, "are needed once per pair");
    refused(pair + std::vector<std::string>{"--correct", " Mary", "--incorrect", " Mary"}, 1,
            "same token");
    refused(pair + std::vector<std::string>{"--correct", " Mary", "--incorrect", " Xylophone"}, 2,
            "exactly one token is expected");
    refused(std::vector<std::string>{"--clean", "Then, Mary", "--corrupt", "Then"} + answers, 1,
            "token under token");
    refused(std::vector<std::string>{"--clean", "Then, Mary", "--corrupt", "Then, Mary"} + answers,
            1, "same tokens");
    refused(pair + answers + std::vector<std::string>{"--sites", "resid"}, 2,
            "there are resid_pre");
    refused(pair + answers +
                std::vector<std::string>{"--method", "path", "--sender", "L9H9", "--receivers",
                                         "logits"},
            2, "is no sender");
    refused({"--task", "none"}, 2, "there are ioi");
}

TEST(PairsCommand, WritesWhatPatchReads) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "ioi.jsonl").string();
    const auto again = (folder.path() / "again.jsonl").string();
    for (const auto& output : {file, again}) {
        const auto outcome = residuum(
            {"pairs", "ioi", "demo:original", "--pairs", "30", "--seed", "4", "-o", output});
        ASSERT_EQ(outcome.status, 0) << outcome.err;
    }
    const auto read = [](const std::string& path) {
        std::ifstream in(path);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    EXPECT_EQ(read(file), read(again));
    const auto fromFile = (folder.path() / "a.h5").string();
    const auto fromTask = (folder.path() / "b.h5").string();
    ASSERT_EQ(residuum({"patch", "demo:ln-free", "--prompts", file, "-o", fromFile}).status, 0);
    ASSERT_EQ(residuum({"patch", "demo:ln-free", "--task", "ioi", "--pairs", "30", "--seed", "4",
                        "-o", fromTask})
                  .status,
              0);
    const Hdf5Reader ofFile(fromFile), ofTask(fromTask);
    EXPECT_EQ(ofFile.textAttribute("/", "key"), ofTask.textAttribute("/", "key"));
    // Roles are in the file.
    const std::string statistics = "/models/ln-free/statistics/";
    EXPECT_EQ(ofFile.strings(statistics + "column"), ofTask.strings(statistics + "column"));
    EXPECT_EQ(ofFile.numbers(statistics + "exact/resid_pre/mean").values,
              ofTask.numbers(statistics + "exact/resid_pre/mean").values);
}

/// As numpy_statistics.py reads them, but for its arithmetic: what is said of the means.
TEST(PatchCommand, PairsHaveStatisticsBesideTheirValues) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "a.h5").string(),
               again = (folder.path() / "b.h5").string();
    const std::vector<std::string> asked{"patch",   "demo:original", "demo:ln-free",
                                         "--task",  "ioi-paper",     "--pairs",
                                         "12",      "--seed",        "3",
                                         "--flips", "500",           "--bootstrap",
                                         "200",     "--sites",       "resid_pre,z"};
    ASSERT_EQ(residuum(asked + std::vector<std::string>{"-o", output}).status, 0);
    const Hdf5Reader file(output);
    const std::string group = "/models/ln-free/statistics/exact/resid_pre/";
    const auto raw = file.numbers("/models/ln-free/exact/resid_pre");
    const auto mean = file.numbers(group + "mean"), ci95 = file.numbers(group + "ci95"),
               p = file.numbers(group + "p"), q = file.numbers(group + "q");
    EXPECT_EQ(mean.shape, (std::vector<std::int64_t>{raw.shape[1], raw.shape[2]}));
    EXPECT_EQ(ci95.shape, (std::vector<std::int64_t>{2, raw.shape[1], raw.shape[2]}));
    EXPECT_EQ(axisNames(output, group + "ci95"),
              (std::vector<std::string>{"bound", "layer", "pos"}));
    const auto cells = mean.values.size();
    for (std::size_t cell = 0; cell < cells; ++cell) {
        double sum = 0.0;
        for (std::size_t pair = 0; pair < 12; ++pair)
            sum += raw.values[pair * cells + cell];
        EXPECT_NEAR(mean.values[cell], sum / 12.0, 1e-12);
        EXPECT_LE(ci95.values[cell], mean.values[cell] + 1e-12);
        EXPECT_GE(ci95.values[cells + cell], mean.values[cell] - 1e-12);
        EXPECT_GE(p.values[cell], 1.0 / 501.0 - 1e-12);
        EXPECT_GE(q.values[cell], p.values[cell] - 1e-12);
    }
    EXPECT_EQ(file.numberAttribute("/models/ln-free/statistics", "flips"),
              std::vector<double>{500.0});
    EXPECT_EQ(file.textAttribute("/models/ln-free/statistics", "seed"), "3");

    // The same from the cache, and of another seed from the same values.
    ASSERT_EQ(residuum(asked + std::vector<std::string>{"-o", again}).status, 0);
    EXPECT_EQ(Hdf5Reader(again).numbers(group + "ci95").values, ci95.values);
    const auto pairs = (folder.path() / "pairs.jsonl").string();
    ASSERT_EQ(residuum({"pairs", "ioi-paper", "demo:original", "--pairs", "12", "--seed", "3", "-o",
                        pairs})
                  .status,
              0);
    ASSERT_EQ(
        residuum({"patch", "demo:original", "demo:ln-free", "--prompts", pairs, "--seed", "4",
                  "--flips", "500", "--bootstrap", "200", "--sites", "resid_pre,z", "-o", again})
            .status,
        0);
    const Hdf5Reader other(again);
    EXPECT_EQ(other.textAttribute("/", "key"), file.textAttribute("/", "key"));
    EXPECT_EQ(other.numbers(group + "mean").values, mean.values);
    EXPECT_NE(other.numbers(group + "ci95").values, ci95.values);

    // The figure has the file's numbers.
    const auto csv = (folder.path() / "f.csv").string();
    ASSERT_EQ(
        residuum({"figure", output, "--kind", "exact", "--site", "resid_pre", "-o", csv}).status,
        0);
    std::ifstream in(csv);
    std::string line;
    std::getline(in, line);
    EXPECT_THAT(line, HasSubstr(",lo,hi,p,q,pairs"));
    const auto place = 4 * static_cast<std::size_t>(raw.shape[2]) - 5; // of layer 3
    for (std::size_t i = 0; i <= cells + place; ++i)
        std::getline(in, line);
    std::vector<std::string> fields;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1)
        fields.push_back(line.substr(begin, (end = line.find(',', begin)) - begin));
    ASSERT_EQ(fields.size(), 8U) << line;
    EXPECT_EQ(fields[0], "ln-free");
    EXPECT_EQ(std::stod(fields[2]), mean.values[place]) << line;
    EXPECT_EQ(std::stod(fields[3]), ci95.values[place]);
    EXPECT_EQ(std::stod(fields[4]), ci95.values[cells + place]);
    EXPECT_EQ(std::stod(fields[5]), p.values[place]);
    EXPECT_EQ(std::stod(fields[6]), q.values[place]);
    EXPECT_EQ(fields[7], "12");
}

TEST(PatchCommand, PairsOfUnequalLengthHaveRolesForColumns) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "a.h5").string(), csv = (folder.path() / "a.csv").string();
    ASSERT_EQ(
        residuum({"patch", "demo:ln-free", "--task", "ioi", "--pairs", "8", "-o", output}).status,
        0);
    const Hdf5Reader file(output);
    const auto columns = file.strings("/models/ln-free/statistics/column");
    EXPECT_THAT(columns, ::testing::UnorderedElementsAre("IO", "S1", "S2", "end"));
    EXPECT_EQ(columns.back(), "end");
    EXPECT_EQ(file.numbers("/models/ln-free/role_position").shape,
              (std::vector<std::int64_t>{8, 4}));
    ASSERT_EQ(residuum({"figure", output, "--kind", "exact", "-o", csv}).status, 0);
    std::ifstream in(csv);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_THAT(text, HasSubstr("ln-free,L0 S2,"));
    EXPECT_THAT(text, HasSubstr("ln-free,L3 end,"));
}

TEST(PatchCommand, OnePairHasNoStatistics) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "a.h5").string();
    ASSERT_EQ(residuum({"patch", "demo:ln-free", "--clean", "Then, Mary", "--corrupt", "Then, John",
                        "--correct", " Mary", "--incorrect", " John", "-o", output})
                  .status,
              0);
    EXPECT_FALSE(Hdf5Reader(output).hasAttribute("/models/ln-free", "statistics"));
}

} // namespace
} // namespace residuum::test
