// `residuum tokenize`.
#include "golden.h"

#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

TEST(TokenizeCommand, DemoText) {
    const auto outcome = residuum({"tokenize", "demo:ln-free", " Mary<|endoftext|>", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["tokens"], (std::vector<std::string>{" Mary", "<|endoftext|>"}));
    EXPECT_EQ(json["ids"][1], 1023);
}

TEST(TokenizeCommand, FileIsReadByteForByte) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "bytes", std::ios::binary) << "a\r\n\xE2\xFF";
    const auto outcome =
        residuum({"tokenize", "demo:original", "--file", folder.path() / "bytes", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto tokens = nlohmann::json::parse(outcome.out)["tokens"];
    std::string joined;
    for (const auto& token : tokens)
        joined += token.get<std::string>();
    EXPECT_EQ(joined, "a\r\n\\xE2\\xFF");
}

TEST(TokenizeCommand, FolderWithNothingButATokenizer) {
    if (!std::filesystem::exists(shared() / "gpt2-tokenizer/vocab.json"))
        GTEST_SKIP() << "GPT-2's vocabulary is not beside this checkout";
    const auto outcome =
        residuum({"tokenize", shared() / "gpt2-tokenizer", "Hello world", "--json"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(nlohmann::json::parse(outcome.out)["ids"], (std::vector<int>{15496, 995}));
}

} // namespace
} // namespace residuum::test
