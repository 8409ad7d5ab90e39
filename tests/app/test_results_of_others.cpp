// Result files from elsewhere, on any file system: drawn, or refused in one line; what a result
// takes.
#include "golden.h"
#include "support/sanitized.h"
#include "support/stored_form.h"
#include "support/synthetic_model.h"

#include <cerrno>
#include <chrono>
#include <cmath>
#include <gmock/gmock.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path fixtures = fs::path(RESIDUUM_SOURCE_DIR) / "tests" / "fixtures";

#ifdef RESIDUUM_GUI
TEST(ResultsOfOthers, HostileOnesAreRefusedInOneLineWithinSeconds) {
    const TemporaryFolder folder;
    for (const auto* name : {"crash-1.h5", "crash-2.h5", "crash-3.h5", "hang.h5"}) {
        const auto start = std::chrono::steady_clock::now();
        const auto outcome = residuum({"figure", (fixtures / "hostile" / name).string(), "-o",
                                       (folder.path() / "f.svg").string()});
        EXPECT_EQ(outcome.status, 1) << name;
        EXPECT_EQ(outcome.errorLines(), 1u) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(std::string(name) + ": is damaged"));
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10 * slowerBy));
    }
}

TEST(ResultsOfOthers, VersionOneIsDrawn) {
    const TemporaryFolder folder;
    for (const auto* kind : {"dla", "patch", "neurons"}) {
        const auto output = (folder.path() / (std::string(kind) + ".csv")).string();
        const auto outcome =
            residuum({"figure", (fixtures / "schema-1" / (std::string(kind) + ".h5")).string(),
                      "-o", output});
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_TRUE(fs::exists(output));
    }
}
#endif

/// ENOLCK, ENOTSUP, ENOSYS, EINVAL: whatever a file system says to flock.
TEST(ResultsOfOthers, AFileSystemWithoutLocksIsNoReasonToFail) {
    if (sanitized)
        GTEST_SKIP() << "a sanitizer's library must be the first that is loaded";
    for (const int why : {ENOLCK, ENOTSUP, ENOSYS, EINVAL}) {
        const TemporaryFolder folder;
        const auto output = (folder.path() / "r.h5").string();
        const auto withoutLocks = [&](const std::vector<std::string>& arguments) {
            std::vector<std::string> all{
                "LD_PRELOAD=" RESIDUUM_NOLOCK, "NOLOCK_ERRNO=" + std::to_string(why),
                "RESIDUUM_CACHE=" + (folder.path() / "c").string(), RESIDUUM_PROGRAM};
            all.insert(all.end(), arguments.begin(), arguments.end());
            return runProgram("env", all);
        };
        const std::vector<std::string> dla{"dla", golden() / "tiny-ln", "--ids", "1,2,3", "-o",
                                           output};
        for (int i = 0; i < (why == ENOLCK ? 2 : 1); ++i) { // computed, then from the cache
            const auto outcome = withoutLocks(dla);
            EXPECT_EQ(outcome.status, 0) << outcome.err;
            EXPECT_EQ(outcome.err, "");
        }
        if (why != ENOLCK)
            continue;
        EXPECT_THAT(withoutLocks({"cache", "info"}).out, HasSubstr("results  1"));
        const auto alike = (folder.path() / "locked.h5").string();
        ASSERT_EQ(residuum({"dla", golden() / "tiny-ln", "--ids", "1,2,3", "-o", alike}).status, 0);
        EXPECT_EQ(Hdf5Reader(output).numbers("/models/tiny-ln/dla").values,
                  Hdf5Reader(alike).numbers("/models/tiny-ln/dla").values);
#ifdef RESIDUUM_GUI
        EXPECT_EQ(withoutLocks({"figure", output, "-o", (folder.path() / "f.svg").string()}).status,
                  0);
#endif
    }
}

/// 17 datasets per layer and model share the sample axis.
TEST(ResultsOfOthers, MoreDatasetsThanOneAxisHolds) {
    const TemporaryFolder folder;
    const auto model = folder.path() / "deep";
    writeSyntheticGpt2(model, syntheticConfig(61, 1, 4, 8, 4), 1);
    const auto output = (folder.path() / "r.h5").string();
    std::vector<std::string> arguments{"run"};
    arguments.insert(arguments.end(), 4, model.string());
    arguments.insert(arguments.end(), {"--ids", "1,2", "--activations", "all", "-o", output});
    const auto outcome = residuum(arguments);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader reader(output);
    const auto first = reader.numbers("/models/deep/logits");
    EXPECT_EQ(reader.numbers("/models/deep-4/logits").values, first.values);
    EXPECT_EQ(axisNames(output, "/models/deep-4/activations/blocks.60.hook_resid_post"),
              (std::vector<std::string>{"sample", "pos", "d_model"}));
}

std::string lines(const TemporaryFolder& folder, const char* name, int count, int longest) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "{\"input_ids\": [" + std::to_string(i % 900) + ", " +
                std::to_string((i / 900 * 101 + 7 * i) % 900) + "]}\n"; // no two the same
    if (longest > 0) {
        text += "{\"input_ids\": [5";
        for (int p = 1; p < longest; ++p)
            text += ", " + std::to_string(p % 900);
        text += "]}\n";
    }
    const auto file = folder.path() / name;
    writeText(file, text);
    return file.string();
}

/// Size of the file and peak of memory beyond what the program takes anyway.
struct Taken {
    double file = 0.0, memory = 0.0;
};

Taken taken(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    const auto output = folder.path() / "taken.h5";
    arguments.insert(arguments.end(), {"--no-cache", "-o", output.string()});
    const auto outcome = residuum(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return {static_cast<double>(fs::file_size(output)), static_cast<double>(outcome.peakBytes)};
}

TEST(WhatAResultTakes, OneLongDocumentAmongShortOnesCostsItsOwnTokens) {
    const TemporaryFolder folder;
    const auto even = lines(folder, "even.jsonl", 4000, 0);
    const auto ragged = lines(folder, "ragged.jsonl", 4000, 128);
    const std::vector<std::vector<std::string>> commands{
        {"dla", "demo:original", "--target", "argmax", "--bootstrap", "0"},
        {"dla", "demo:original", "--target", "argmax", "--bootstrap", "0", "--position", "all"},
        {"run", "demo:original"}};
    for (auto command : commands) {
        command.emplace_back("--dataset");
        const auto with = [&](const std::string& dataset) {
            auto arguments = command;
            arguments.push_back(dataset);
            return taken(folder, arguments);
        };
        const auto plain = with(even), padded = with(ragged);
        EXPECT_LT(padded.file, 1.6 * plain.file + 1e6) << join(command, " ");
        EXPECT_LT(padded.memory, plain.memory + 60e6) << join(command, " ");
    }
}

TEST(WhatAResultTakes, SequencesOfUnequalLengthKeepTheirNumbers) {
    const TemporaryFolder folder;
    const auto together = (folder.path() / "t.h5").string();
    const auto alone = (folder.path() / "a.h5").string();
    const auto run = [](std::vector<std::string> ids, const std::string& output) {
        std::vector<std::string> arguments{"run", golden() / "tiny-ln"};
        arguments.insert(arguments.end(), ids.begin(), ids.end());
        arguments.insert(arguments.end(), {"--activations", "all", "-o", output});
        return residuum(arguments).status;
    };
    ASSERT_EQ(run({"--ids", "1,2,3,4,5,6,7,8,9,10,11", "--ids", "3"}, together), 0);
    ASSERT_EQ(run({"--ids", "1,2,3,4,5,6,7,8,9,10,11"}, alone), 0);
    const Hdf5Reader a(together), b(alone);
    for (const auto* name : {"logits", "activations/blocks.1.attn.hook_pattern",
                             "activations/blocks.2.hook_resid_post"}) {
        const auto path = std::string("/models/tiny-ln/") + name;
        const auto both = a.numbers(path), one = b.numbers(path);
        ASSERT_EQ(both.values.size(), 2 * one.values.size());
        EXPECT_TRUE(std::equal(one.values.begin(), one.values.end(), both.values.begin())) << name;
    }
    const auto resid = a.numbers("/models/tiny-ln/activations/blocks.2.hook_resid_post");
    const auto width = static_cast<std::size_t>(resid.shape[2]);
    const auto second = resid.values.begin() + resid.values.size() / 2;
    EXPECT_FALSE(std::isnan(second[static_cast<std::ptrdiff_t>(width) - 1]));
    EXPECT_TRUE(std::isnan(second[static_cast<std::ptrdiff_t>(width)]));
}

std::string pairLines(const TemporaryFolder& folder, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "{\"clean_ids\": [1, 2, " + std::to_string(i % 30) +
                ", 4], \"corrupt_ids\": [1, 3, " + std::to_string(i % 30) +
                ", 4], \"correct\": 5, \"incorrect\": 6}\n";
    const auto file = folder.path() / "pairs.jsonl";
    writeText(file, text);
    return file.string();
}

/// The memory announced, in bytes.
double announced(const std::string& said) {
    const auto at = said.find("at most ");
    if (at == std::string::npos)
        return 0.0;
    const double number = std::stod(said.substr(at + 8));
    return number * (said.find(" GB", at) < said.find(" of working", at)   ? 1e9
                     : said.find(" MB", at) < said.find(" of working", at) ? 1e6
                                                                           : 1e3);
}

TEST(WhatAResultTakes, EdgesKeepToTheMemoryTheyAnnounce) {
    const TemporaryFolder folder;
    const auto model = folder.path() / "wide";
    writeSyntheticGpt2(model, syntheticConfig(16, 16, 16, 32, 8), 2);
    const auto pairs = pairLines(folder, 48);
    const auto patch = [&](const std::vector<std::string>& how) {
        std::vector<std::string> arguments{"patch",
                                           model.string(),
                                           "--prompts",
                                           pairs,
                                           "--no-cache",
                                           "-o",
                                           (folder.path() / "w.h5").string()};
        arguments.insert(arguments.end(), how.begin(), how.end());
        const auto outcome = residuum(arguments);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        return outcome;
    };
    const auto plain = patch({"--method", "attribution"});
    const std::vector<std::vector<std::string>> methods{
        {"--method", "eap"},
        {"--method", "eap-ig", "--steps", "2"},
        {"--method", "eap-ig", "--steps", "2", "--memory", "64M"}};
    for (const auto& method : methods) {
        const auto outcome = patch(method);
        const auto most = announced(outcome.out);
        EXPECT_GT(most, 1e6) << outcome.out;
        if (method.size() > 4) {
            EXPECT_LE(most, 64.0 * 1024 * 1024) << outcome.out;
        }
        if (!sanitized) {
            EXPECT_LT(static_cast<double>(outcome.peakBytes - plain.peakBytes), most + 20e6)
                << join(method, " ") << ": " << outcome.out;
        }
    }
}

TEST(WhatAResultTakes, NeuronsOfManyRowsAreHeldOnce) {
    const TemporaryFolder folder;
    const auto model = folder.path() / "neurons";
    auto config = syntheticConfig(16, 1, 8, 32, 8);
    config.d_mlp = 4096;
    writeSyntheticGpt2(model, config, 3);
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "{\"input_ids\": [" + std::to_string(i % 30) + ", 4]}\n";
    const auto dataset = folder.path() / "rows.jsonl";
    writeText(dataset, text);
    const std::vector<std::string> dla{"dla",      model.string(), "--dataset",   dataset.string(),
                                       "--target", "argmax",       "--bootstrap", "0"};
    const auto plain = taken(folder, dla);
    auto arguments = dla;
    arguments.emplace_back("--neurons");
    const auto neurons = taken(folder, arguments);
    const double tables = 2.0 * 16 * 4096 * 200 * sizeof(double);
    EXPECT_LT(neurons.memory - plain.memory, 2.0 * tables);
}

} // namespace
} // namespace residuum::test
