// Files of pairs, our own and other tools'.
#include "analysis/inputs/csv.h"
#include "analysis/inputs/pair_file.h"
#include "analysis/inputs/spacing_hint.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <gmock/gmock.h>

#include <fstream>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PairFileTest : public ::testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, const std::string& content) {
        const auto file = folder_.path() / name;
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }

    std::vector<PairRecord> read(const std::string& name, const std::string& content) {
        return readPairFile(write(name, content)).records;
    }

    /// Why the file is refused; "" if it is not.
    std::string why(const std::string& name, const std::string& content) {
        try {
            read(name, content);
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    }

    PairInput resolve(const std::string& name, const std::string& content, bool twoAnswers = true) {
        PairRequest request;
        request.file = write(name, content);
        ModelConfig config;
        config.d_vocab = 1024;
        config.n_ctx = 8;
        Progress progress;
        return resolvePairs(request, tokenizer_.get(), config, progress, twoAnswers);
    }

    TemporaryFolder folder_;
    std::shared_ptr<const Tokenizer> tokenizer_ =
        Tokenizer::open(resources() / "demo" / "original");
};

const PromptPair maryAndJohn{"Mary went to", "John went to", {}, {}, " Mary", " John"};

std::string line(const std::string& more) {
    return R"({"clean_ids": [1, 2, 3], "corrupt_ids": [1, 4, 3], )" + more + "}\n";
}

TEST_F(PairFileTest, IdsAreWholeNumbers) {
    const std::string good = line(R"("correct": 5, "incorrect": "#6")");
    EXPECT_EQ(read("a.jsonl", good).at(0).pair.correct, "#5");
    for (const std::string wrong : {"1.7", "true", "4294967297", "-1", "\"1\"", "null", "1e+300"}) {
        const auto ids = good + R"({"clean_ids": [1, )" + wrong +
                         R"(], "corrupt_ids": [1, 4], "correct": 5, "incorrect": 6})";
        EXPECT_THAT(why("a.jsonl", ids),
                    AllOf(HasSubstr("a.jsonl line 2: clean_ids holds " + wrong),
                          HasSubstr("whole numbers")))
            << wrong;
        const auto answer = line("\"correct\": " + wrong + ", \"incorrect\": 6");
        if (wrong != "\"1\"") { // as a text it is a token
            EXPECT_THAT(why("a.jsonl", "\n\n" + answer),
                        HasSubstr("a.jsonl line 3: correct holds " + wrong));
        }
    }
}

TEST_F(PairFileTest, UnusablePairsAreSetAsideWithTheirLine) {
    const std::string good = line(R"("correct": 5, "incorrect": 6)");
    const auto content =
        good + line(R"("correct": 5, "incorrect": 5)") + "\n" +
        R"({"clean_ids": [1, 2], "corrupt_ids": [1, 2], "correct": 5, "incorrect": 6})"
        "\n"
        R"({"clean_ids": [1, 2000], "corrupt_ids": [1, 2], "correct": 5, "incorrect": 6})"
        "\n"
        R"({"clean_ids": [1,2,3,4,5,6,7,8,9], "corrupt_ids": [1,2,3,4,5,6,7,8,0], "correct": 5, "incorrect": 6})"
        "\n"
        R"({"clean_ids": [1, 2], "corrupt_ids": [1], "correct": 5, "incorrect": 6})"
        "\n" +
        line(R"("correct": 5, "incorrect": "#3000")") + good;
    const auto input = resolve("a.jsonl", content);
    EXPECT_THAT(input.account.sourceLines, ElementsAre(1, 9));
    std::vector<std::int64_t> lines;
    for (const auto& each : input.account.leftOut)
        lines.push_back(each.line);
    EXPECT_THAT(lines, ElementsAre(2, 4, 5, 6, 7, 8));
    const auto reason = [&](std::size_t i) { return input.account.leftOut[i].reason; };
    EXPECT_THAT(reason(0), HasSubstr("same token (5)"));
    EXPECT_THAT(reason(1), HasSubstr("same tokens"));
    EXPECT_THAT(reason(2), HasSubstr("token 2000 is outside"));
    EXPECT_THAT(reason(3), HasSubstr("9 tokens, the model's context holds 8"));
    EXPECT_THAT(reason(4), HasSubstr("token under token"));
    EXPECT_THAT(reason(5), HasSubstr("#3000"));
    EXPECT_THAT(warningsOf(input),
                ElementsAre(AllOf(HasSubstr("a.jsonl: 6 of 8 pairs"), HasSubstr("line 2: "))));
    // A metric of one answer needs no second one.
    EXPECT_THAT(resolve("a.jsonl", content, false).account.sourceLines, ElementsAre(1, 2, 9));
    EXPECT_THROW(resolve("a.jsonl", line(R"("correct": 5, "incorrect": 5)")), Error);
}

TEST_F(PairFileTest, EapIgsTablesAreRead) {
    const auto records =
        read("eap-ig.csv", ",clean,corrupted,corrupted_hard,correct_idx,incorrect_idx\r\n"
                           "7,\"Mary, \"\"John\"\"\nwent\",\"Tom, John went\",x,491,500\r\n"
                           "8,Mary went to,John went to,y,491,500");
    ASSERT_THAT(records, SizeIs(2));
    EXPECT_EQ(records[0].pair,
              (PromptPair{"Mary, \"John\"\nwent", "Tom, John went", {}, {}, "#491", "#500"}));
    EXPECT_EQ(records[0].line, 2);
    EXPECT_EQ(records[1].line, 4);
    EXPECT_EQ(records[1].pair.clean, "Mary went to");
    const auto bias = read("gender.csv", "clean,corrupted,clean_answer_idx,corrupted_answer_idx\n"
                                         "a,b,1,2\nc,d,,2\n");
    EXPECT_EQ(bias.at(0).pair, (PromptPair{"a", "b", {}, {}, "#1", "#2"}));
    EXPECT_THAT(bias.at(1).problem, HasSubstr("clean_answer_idx is empty"));
    EXPECT_THAT(why("a.csv", "clean,corrupted,correct_idx,incorrect_idx\na,b,1.5,2\n"),
                AllOf(HasSubstr("a.csv line 2"), HasSubstr("correct_idx is \"1.5\"")));
    EXPECT_THAT(
        why("a.csv", "clean,corrupted,correct_idx\nThe war lasted,x,32\n"),
        AllOf(HasSubstr("greater-than"), HasSubstr("incorrect_idx"), HasSubstr("logit_diff")));
    EXPECT_THAT(
        why("a.csv", "clean,corrupted,plural\na,b,1\n"),
        AllOf(HasSubstr("subject-verb"), HasSubstr("incorrect_idx"), HasSubstr("logit_diff")));
    EXPECT_THAT(why("a.csv", "prompt,answer\na,b\n"),
                AllOf(HasSubstr("CSV"), HasSubstr("prompt, answer"), HasSubstr("correct_idx")));
    EXPECT_THAT(why("a.csv", "clean,corrupted,correct_idx,incorrect_idx\n\"a,b,1,2\n"),
                AllOf(HasSubstr("line 2"), HasSubstr("does not end")));
}

TEST_F(PairFileTest, AutoCircuitsObjectIsRead) {
    const std::string pretty = R"({
  "seq_labels": ["a"],
  "prompts": [
    {"clean": "Mary went to", "corrupt": "John went to",
     "answers": [" Mary"], "wrong_answers": [" John"]},
    {"clean": "a", "corrupt": "b", "answers": ["x", "y", 3], "wrong_answers": ["u"]}
  ]
})";
    const auto records = read("autocircuit.json", pretty);
    ASSERT_THAT(records, SizeIs(2));
    EXPECT_EQ(records[0].pair, maryAndJohn);
    EXPECT_EQ(records[1].pair.correct, "x");
    EXPECT_THAT(records[1].pair.moreCorrect, ElementsAre("y", "#3"));
    EXPECT_THAT(records[1].pair.moreIncorrect, IsEmpty());
    const auto input = resolve("autocircuit.json", pretty);
    EXPECT_THAT(input.account.sourceLines, ElementsAre(1, 2));
    EXPECT_THAT(input.tokens.answer(0).moreCorrect, IsEmpty());
    EXPECT_THAT(input.tokens.answer(1).moreCorrect, ElementsAre(TokenId('y'), TokenId(3)));
    EXPECT_THAT(why("a.json", R"({"prompts": [{"clean": "a", "corrupt": "b", "answers": ["x"]}]})"),
                AllOf(HasSubstr("a.json, prompts, entry 1"), HasSubstr("no wrong_answers"),
                      HasSubstr("--metric prob")));
}

TEST_F(PairFileTest, OtherJsonLayoutsAreReadOrNamed) {
    const std::string features =
        R"({"clean_prefix": "Mary went to", "patch_prefix": "John went to", "clean_answer": " Mary", "patch_answer": " John"})";
    EXPECT_EQ(read("a.json", features + "\n" + features + "\n").at(1).pair, maryAndJohn);
    const std::string own =
        R"({"clean": "Mary went to", "corrupt": "John went to", "correct": " Mary", "incorrect": " John"})";
    EXPECT_EQ(read("list.json", "[\n" + own + ",\n" + own + "\n]").at(1).pair, maryAndJohn);
    auto pretty = own;
    for (auto at = pretty.find(", \""); at != std::string::npos; at = pretty.find(", \"", at))
        pretty.replace(at, 2, ",\n");
    EXPECT_EQ(read("one.json", pretty).at(0).pair, maryAndJohn);
    EXPECT_EQ(read("bom.jsonl", "\xef\xbb\xbf" + own + "\r\n").at(0).pair, maryAndJohn);

    EXPECT_THAT(why("two.json", pretty + "\n" + pretty),
                AllOf(HasSubstr("line 1: is no whole JSON value"), Not(HasSubstr("cut short"))));
    EXPECT_THAT(why("blimp.jsonl", R"({"one_prefix_prefix": "a", "one_prefix_word_good": "b"})"),
                AllOf(HasSubstr("BLiMP"), HasSubstr("corrupt"), HasSubstr("--versus")));
    EXPECT_THAT(why("a.jsonl", R"({"clean": "a", "corrupt": "b", "correct": "c"})"),
                AllOf(HasSubstr("no incorrect"), HasSubstr("--metric prob")));
    EXPECT_THAT(why("a.jsonl", R"({"text": "a", "label": 1})"), HasSubstr("the keys label, text"));
    EXPECT_THAT(why("a.jsonl", "<html><body>404</body>"), HasSubstr("web page"));
    EXPECT_THAT(why("a.jsonl", std::string("\x80\x04\x95\x10\0\0", 6)), HasSubstr("pickle"));
    EXPECT_THAT(why("a.jsonl", "{\"clean\": \"caf\xe9\"}"), HasSubstr("UTF-8"));
    EXPECT_THAT(why("a.jsonl", std::string("\xff\xfe{\0\"\0", 6)), HasSubstr("UTF-16"));
    for (const std::string text : {"{\"clean\": 1}", "{\"clean\":", "[1, 2]", "no json"})
        EXPECT_THAT(why("a.jsonl", text), Not(HasSubstr("json.exception"))) << text;
}

TEST(Csv, FollowsRfc4180) {
    const auto rows = parseCsv("a,\"b,\"\"c\"\"\r\nd\",\r\n\r\n\"\",x\n", "f.csv");
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_THAT(rows[0].cells, ElementsAre("a", "b,\"c\"\r\nd", ""));
    EXPECT_THAT(rows[1].cells, ElementsAre("", "x"));
    EXPECT_EQ(rows[1].line, 4);
    EXPECT_THROW(parseCsv("\"a\"b,c\n", "f.csv"), Error);
    EXPECT_THAT(parseCsv("", "f.csv"), IsEmpty());
}

TEST(SpacingHint, SpacesTooManyAndTooFew) {
    const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
    const auto hint = [&](const std::string& prompt, const std::string& answer) {
        return spacingHint(prompt, answer, *tokenizer).value_or("");
    };
    EXPECT_THAT(hint("gave a book to ", " Mary"), HasSubstr("ends in a space"));
    EXPECT_THAT(hint("gave a book to", "M"), HasSubstr("\" M\" is one token too"));
    EXPECT_EQ(hint("gave a book to", " Mary"), "");
    EXPECT_EQ(hint("gave a book to ", "M"), "");
    EXPECT_EQ(hint("to the year 17", "3"), "");
    EXPECT_EQ(hint("gave a book to ", "#491"), "");
    EXPECT_EQ(hint("(", "M"), "");
}

TEST_F(PairFileTest, HintsComeOnce) {
    const std::string pair =
        R"({"clean": "Mary went to ", "corrupt": "John went to ", "correct": " Mary", "incorrect": " John"})";
    EXPECT_THAT(resolve("a.jsonl", pair + "\n" + pair + "\n").account.notes,
                ElementsAre(AllOf(HasSubstr("a.jsonl line 1: the prompt ends in a space"),
                                  HasSubstr("1 further pair"))));
}

} // namespace
} // namespace residuum::test
