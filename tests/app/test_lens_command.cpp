// `residuum lens` on the demo models.
#include "program.h"

#include "core/store/hdf5_reader.h"

namespace residuum::test {
namespace {

const std::vector<std::string> trio{"lens",         "demo:original",
                                    "demo:vanilla", "demo:ln-free",
                                    "--prompt",     "Then, Mary and John went to the"};

std::vector<std::string> asked(std::vector<std::string> more) {
    auto command = trio;
    command.insert(command.end(), more.begin(), more.end());
    return command;
}

TEST(LensCommand, WritesAFileAndSaysWhoHasItsAnswerFromWhere) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "lens.h5").string();
    const auto outcome = residuum(asked({"--position", "all", "--top", "3", "-o", file}));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("own top prediction at the end"), std::string::npos) << outcome.out;
    const Hdf5Reader reader(file);
    EXPECT_EQ(reader.textAttribute("/", "kind"), "lens");
    for (const std::string group : {"/models/original", "/models/vanilla", "/models/ln-free"}) {
        const auto check = reader.numbers(group + "/check").values;
        EXPECT_LT(*std::max_element(check.begin(), check.end()), 1e-4);
        const auto rank = reader.numbers(group + "/rank");
        const auto width = static_cast<std::size_t>(rank.shape.back());
        for (auto at = rank.values.size() - width; at < rank.values.size(); ++at)
            EXPECT_EQ(rank.values[at], 0.0) << "the model's own answer is its top at the end";
    }
}

TEST(LensCommand, ComponentsAreOfAffineLensesOnly) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "lens.h5").string();
    const auto outcome = residuum(asked({"--track", " the,#5", "--components", "-o", file}));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("original: ln_f"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("ln-free: ln_f"), std::string::npos) << outcome.err;
    const Hdf5Reader reader(file);
    EXPECT_FALSE(reader.contains("/models/original/contribution"));
    EXPECT_TRUE(reader.contains("/models/ln-free/contribution"));
    const auto frozen = residuum(asked({"--components", "--frozen", "-o", file}));
    EXPECT_EQ(frozen.err, "");
    EXPECT_NE(frozen.out.find("LN frozen"), std::string::npos) << frozen.out;
}

TEST(LensCommand, RefusesInOneLine) {
    const auto refused = [](const std::vector<std::string>& more, int status,
                            const std::string& word) {
        auto command = asked(more);
        command.insert(command.end(), {"-o", "/nowhere/lens.h5"});
        const auto outcome = residuum(command);
        EXPECT_EQ(outcome.status, status) << join(more, " ") << "\n" << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
    };
    refused({"--top", "0"}, 2, "--top 0");
    refused({"--track", "no such token"}, 2, "--track");
    refused({"--track", "#99999"}, 2, "99999");
    refused({"--track", "#5,"}, 2, "a comma itself");
    const TemporaryFolder folder;
    const auto file = (folder.path() / "lens.h5").string();
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"--top", "5000"}, {"--position", "99"}}) {
        auto command = asked(more);
        command.insert(command.end(), {"-o", file});
        const auto outcome = residuum(command);
        EXPECT_EQ(outcome.status, 1);
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(file));
    }
    EXPECT_EQ(residuum(trio).status, 2) << "a file is needed";
}

#ifdef RESIDUUM_GUI
TEST(LensCommand, ItsFiguresAndNumbers) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
    ASSERT_EQ(residuum(asked({"--position", "all", "--components", "-o", path("lens.h5")})).status,
              0);
    for (const std::string kind :
         {"lens", "lens-mid", "lens-log-prob", "lens-rank", "lens-entropy", "lens-components"}) {
        const auto outcome = residuum(
            {"figure", path("lens.h5"), "--kind", kind, "--csv", "-o", path(kind + ".svg")});
        EXPECT_EQ(outcome.status, 0) << kind << outcome.err;
        const auto csv = readFile(path(kind + ".csv"));
        EXPECT_NE(csv.find("ln-free"), std::string::npos) << kind;
        if (kind == "lens") {
            EXPECT_NE(csv.find(",text\n"), std::string::npos) << csv.substr(0, 200);
        }
    }
    EXPECT_EQ(residuum({"figure", path("lens.h5"), "--kind", "lens", "--difference", "0,2", "-o",
                        path("d.svg")})
                  .status,
              0);
    EXPECT_EQ(residuum({"figure", path("lens.h5"), "--kind", "lens-rank", "--position", "99", "-o",
                        path("d.svg")})
                  .status,
              2);
    const auto refused =
        residuum({"figure", path("lens.h5"), "--kind", "jacobian", "-o", path("d.svg")});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.err.find("--jacobian"), std::string::npos) << refused.err;
    ASSERT_EQ(residuum(asked({"--position", "all", "--jacobian", "-o", path("j.h5")})).status, 0);
    for (const std::string kind :
         {"jacobian", "jacobian-log-prob", "jacobian-rank", "jacobian-entropy"}) {
        const auto outcome =
            residuum({"figure", path("j.h5"), "--kind", kind, "--csv", "-o", path(kind + ".svg")});
        EXPECT_EQ(outcome.status, 0) << kind << outcome.err;
        EXPECT_NE(readFile(path(kind + ".csv")).find("ln-free"), std::string::npos) << kind;
    }
}
#endif

} // namespace
} // namespace residuum::test
