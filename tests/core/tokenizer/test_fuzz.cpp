// Damaged tokenizer files: each variant either opens or is refused in this program's own words.
#include "support/mutation.h"
#include "tokenizer_support.h"

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

/// A small vocabulary as every published one looks: the byte alphabet, a few merges, a special
/// token.
nlohmann::ordered_json smallVocabulary() {
    nlohmann::ordered_json vocabulary;
    int id = 0;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary[toByteAlphabet(static_cast<std::uint8_t>(byte))] = id++;
    for (const auto* merged : {"he", "ll", "hell", "hello"})
        vocabulary[merged] = id++;
    vocabulary["<|endoftext|>"] = id;
    return vocabulary;
}

const std::string merges = "#version: 0.2\nh e\nl l\nhe ll\nhell o\n";

void fuzz(const std::string& file, const std::string& sound, int rounds, std::size_t window,
          unsigned seed) {
    Mutator mutator(seed);
    int refused = 0;
    for (int round = 0; round < rounds; ++round) {
        const TemporaryFolder folder;
        if (file != "tokenizer.json") {
            write(folder.path() / "vocab.json", smallVocabulary().dump());
            write(folder.path() / "merges.txt", merges);
        }
        write(folder.path() / file, mutator.mutate(sound, window));
        try {
            const auto tokenizer = Tokenizer::open(folder.path());
            for (const auto id : tokenizer->encode("hello <|endoftext|> h\xC3\xA9llo"))
                ASSERT_LT(id.value, 1'000'000'000);
        } catch (const Error& error) {
            expectPlainWords(error.what());
            ++refused;
        }
    }
    EXPECT_GT(refused, rounds / 20);
}

TEST(TokenizerFuzz, Vocabulary) {
    fuzz("vocab.json", smallVocabulary().dump(), 300, 4000, 11);
}
TEST(TokenizerFuzz, Merges) {
    fuzz("merges.txt", merges, 300, 100, 12);
}
TEST(TokenizerFuzz, TokenizerJson) {
    const nlohmann::ordered_json json{
        {"version", "1.0"},
        {"normalizer", nullptr},
        {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
        {"added_tokens",
         {{{"id", 260},
           {"content", "<|endoftext|>"},
           {"single_word", false},
           {"lstrip", false},
           {"rstrip", false},
           {"normalized", false},
           {"special", true}}}},
        {"model",
         {{"type", "BPE"},
          {"vocab", smallVocabulary()},
          {"merges", {"h e", "l l", "he ll", "hell o"}}}}};
    fuzz("tokenizer.json", json.dump(), 300, 500, 13);
}

} // namespace
} // namespace residuum::test
