// `residuum generate` on the demo models.
#include "program.h"

#include "core/store/hdf5_reader.h"

namespace residuum::test {
namespace {

const std::string prompt = "Once upon a time";

TEST(GenerateCommand, PrintsTheTextsModelByModel) {
    const std::vector<std::string> command{
        "generate", "demo:original", "demo:ln-free", "--prompt", prompt, "--tokens", "12"};
    const auto first = residuum(command);
    ASSERT_EQ(first.status, 0) << first.err;
    const auto one = first.out.find("original"), two = first.out.find("ln-free");
    ASSERT_NE(one, std::string::npos);
    ASSERT_NE(two, std::string::npos);
    EXPECT_LT(one, two);
    EXPECT_NE(first.out.find("12 tokens, as many as asked for"), std::string::npos) << first.out;
    EXPECT_EQ(residuum(command).out, first.out) << "from the cache";
    auto quiet = command;
    quiet.emplace_back("--quiet");
    EXPECT_EQ(residuum(quiet).out, first.out) << "the texts are what was asked for";
    auto uncached = command;
    uncached.emplace_back("--no-cache");
    EXPECT_EQ(residuum(uncached).out, first.out);
}

TEST(GenerateCommand, WritesAFileWithTheSameTokens) {
    const TemporaryFolder folder;
    const auto file = (folder.path() / "g.h5").string();
    const auto outcome = residuum({"generate", "demo:original", "demo:vanilla", "--ids", "11,12,13",
                                   "--tokens", "10", "--temperature", "0.8", "--top-k", "40",
                                   "--top-p", "0.95", "--seed", "7", "-o", file});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader reader(file);
    EXPECT_EQ(reader.textAttribute("/", "kind"), "generate");
    for (const std::string group : {"/models/original", "/models/vanilla"}) {
        EXPECT_FALSE(reader.numbers(group + "/tokens").values.empty());
        EXPECT_NE(outcome.out.find(reader.textAttribute(group, "text")), std::string::npos);
    }
    const auto request = reader.textAttribute("/", "request");
    EXPECT_NE(request.find("\"temperature\":0.8,\"top_k\":40,\"top_p\":0.95,\"seed\":7"),
              std::string::npos)
        << request;
}

TEST(GenerateCommand, RefusesInOneLine) {
    const std::vector<std::string> usual{"generate", "demo:original", "--prompt", prompt};
    const auto refused = [&](const std::vector<std::string>& more, int status,
                             const std::string& word) {
        auto command = usual;
        command.insert(command.end(), more.begin(), more.end());
        const auto outcome = residuum(command);
        EXPECT_EQ(outcome.status, status) << join(more, " ") << "\n" << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1U) << outcome.err;
        EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.out, "");
    };
    refused({"--tokens", "0"}, 2, "--tokens 0");
    refused({"--temperature", "-1"}, 2, "a number from 0");
    refused({"--temperature", "warm"}, 2, "a number from 0");
    refused({"--temperature", "nan"}, 2, "--temperature");
    for (const char* share : {"0", "-0.1", "1.01", "inf", "much"})
        refused({"--temperature", "1", "--top-p", share}, 2, "above 0");
    refused({"--temperature", "1", "--top-k", "-1"}, 2, "--top-k -1");
    refused({"--top-k", "5"}, 2, "--temperature above 0");
    refused({"--prompt", "another"}, 2, "one --prompt");
    refused({"--ids", "1,2"}, 2, "one --prompt");
    EXPECT_EQ(residuum({"generate", "demo:original", "--ids", "99999"}).status, 1);
    EXPECT_NE(residuum({"generate", "demo:original"}).err.find("one --prompt TEXT or --ids"),
              std::string::npos);
    refused({"--dataset", "file.txt"}, 2, "--dataset");
    std::string ids = "5";
    for (int i = 0; i < 3000; ++i)
        ids += ",5";
    const auto outcome = residuum({"generate", "demo:original", "--ids", ids});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("context holds"), std::string::npos) << outcome.err;
}

TEST(GenerateCommand, OneTokenOfAShareThatIsNothingIsTheGreedyOne) {
    const auto text = [&](std::vector<std::string> more) {
        std::vector<std::string> command{"generate", "demo:ln-free", "--prompt",
                                         prompt,     "--tokens",     "6"};
        command.insert(command.end(), more.begin(), more.end());
        const auto out = residuum(command).out;
        return out.substr(out.find('\n'));
    };
    const auto greedy = text({});
    EXPECT_EQ(text({"--temperature", "2", "--top-k", "1"}), greedy);
    EXPECT_EQ(text({"--temperature", "2", "--top-p", "1e-9", "--seed", "3"}), greedy);
    EXPECT_EQ(text({"--seed", "3"}), greedy);
}

#ifdef RESIDUUM_GUI
TEST(GenerateCommand, ItsFiguresAndNumbers) {
    const TemporaryFolder folder;
    const auto path = [&](const std::string& name) { return (folder.path() / name).string(); };
    ASSERT_EQ(residuum({"generate", "demo:original", "demo:vanilla", "--prompt", prompt, "--tokens",
                        "30", "-o", path("g.h5")})
                  .status,
              0);
    for (const std::string kind : {"text", "text-entropy", "steps"}) {
        const auto outcome =
            residuum({"figure", path("g.h5"), "--kind", kind, "--csv", "-o", path(kind + ".svg")});
        EXPECT_EQ(outcome.status, 0) << kind << outcome.err;
        EXPECT_NE(readFile(path(kind + ".csv")).find("vanilla"), std::string::npos) << kind;
    }
    ASSERT_EQ(residuum({"figure", path("g.h5"), "--kind", "text", "--difference", "0,1", "-o",
                        path("d.csv")})
                  .status,
              0);
    EXPECT_NE(readFile(path("text.csv")).find("nats"), std::string::npos);
}
#endif

} // namespace
} // namespace residuum::test
