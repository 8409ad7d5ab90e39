// What a model writes: where it ends, what is kept of it, and what decides it.
#include "analysis/generation/generation_analysis.h"

#include "core/task/error.h"
#include "support/norm_goldens.h"
#include "support/synthetic_model.h"

#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

PromptInput promptOf(std::vector<int> ids) {
    PromptInput input;
    auto& sequence = input.tokens.sequences.emplace_back();
    for (const int id : ids)
        sequence.tokens.emplace_back(id);
    input.request.ids.push_back(sequence.tokens);
    return input;
}

std::shared_ptr<const Model> openAt(const std::filesystem::path& folder,
                                    DType dtype = DType::Float32) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

std::shared_ptr<const Model> demo() {
    static const auto model = openAt(resources() / "demo/original");
    return model;
}

std::shared_ptr<const GenerationResult> write(const Model& model, const PromptInput& input,
                                              const GenerationRequest& request) {
    Progress progress;
    Job<GenerationResult> job(progress);
    return GenerationAnalysis::compute(model, input, request, job);
}

std::string refusal(const Model& model, const PromptInput& input,
                    const GenerationRequest& request = {}) {
    try {
        write(model, input, request);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

class GenerationGoldens : public NormGoldens {};

TEST_P(GenerationGoldens, TwentyGreedyTokens) {
    const auto model = openNormGolden(GetParam());
    const auto result = write(*model, promptOf(normGoldenTokens("/tokens")), {.tokens = 20});
    std::vector<double> ids;
    for (const auto token : result->tokens)
        ids.push_back(token.value);
    EXPECT_EQ(ids, golden("greedy").values);
    EXPECT_EQ(result->end, GenerationEnd::Asked);
    EXPECT_EQ(result->texts.front(), "#" + std::to_string(result->tokens.front().value));
    EXPECT_EQ(result->text.substr(0, result->text.find(',')),
              std::to_string(result->tokens.front().value))
        << "ids where there is no tokenizer";
}

INSTANTIATE_TEST_SUITE_P(Models, GenerationGoldens, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(Generation, EndsWhereTheContextEnds) {
    const auto& config = demo()->info().config;
    std::vector<int> ids(static_cast<std::size_t>(config.n_ctx - 3), 5);
    auto result = write(*demo(), promptOf(ids), {.tokens = 10});
    if (result->end != GenerationEnd::EndOfText) {
        EXPECT_EQ(result->tokens.size(), 3U);
        EXPECT_EQ(result->end, GenerationEnd::Context);
    }
    ids.resize(static_cast<std::size_t>(config.n_ctx), 5);
    EXPECT_NE(refusal(*demo(), promptOf(ids)).find("fills the context"), std::string::npos);
    ids.push_back(5);
    EXPECT_NE(refusal(*demo(), promptOf(ids)).find("context holds"), std::string::npos);
}

TEST(Generation, RefusesWhatIsNoOnePrompt) {
    EXPECT_NE(refusal(*demo(), promptOf({4, 99999})).find("99999"), std::string::npos);
    EXPECT_NE(refusal(*demo(), promptOf({})).find("empty"), std::string::npos);
    auto two = promptOf({1});
    two.tokens.sequences.push_back(two.tokens.sequences.front());
    EXPECT_NE(refusal(*demo(), two).find("one prompt"), std::string::npos);
    Progress progress;
    InputRequest texts;
    texts.prompts = {"a", "b"};
    EXPECT_THROW(GenerationAnalysis::resolve(texts, {}, demo()->tokenizer().get(),
                                             demo()->info().config, progress),
                 UsageError);
}

/// Its end-of-text token is made the likeliest by the embedding it is read with.
TEST(Generation, EndsAtTheEndOfTheText) {
    const auto end = demo()->tokenizer()->endOfText();
    ASSERT_TRUE(end);
    for (int seed = 0; seed < 40; ++seed) {
        const auto result =
            write(*demo(), promptOf({11, 12, 13}),
                  {.tokens = 400, .temperature = 1.5, .seed = static_cast<std::uint64_t>(seed)});
        for (std::size_t step = 0; step + 1 < result->tokens.size(); ++step)
            ASSERT_NE(result->tokens[step], *end);
        if (result->tokens.back() == *end) {
            EXPECT_EQ(result->end, GenerationEnd::EndOfText);
            EXPECT_NE(GenerationAnalysis::summary(*result).find("end of text"), std::string::npos);
            return;
        }
    }
    FAIL() << "none of 40 texts ended by itself";
}

TEST(Generation, TheSeedDecidesDrawsAndNothingElse) {
    const auto input = promptOf({11, 12, 13});
    const GenerationRequest drawn{.tokens = 12, .temperature = 1.0, .topK = 200, .seed = 4};
    const auto first = write(*demo(), input, drawn);
    EXPECT_EQ(write(*demo(), input, drawn)->tokens, first->tokens);
    auto other = drawn;
    other.seed = 5;
    EXPECT_NE(write(*demo(), input, other)->tokens, first->tokens);
    auto longer = drawn;
    longer.tokens = 20;
    const auto more = write(*demo(), input, longer)->tokens;
    EXPECT_TRUE(std::equal(first->tokens.begin(), first->tokens.end(), more.begin()));
    const GenerationRequest greedy{.tokens = 12};
    auto seeded = greedy;
    seeded.seed = 5;
    seeded.topK = 3;
    EXPECT_EQ(write(*demo(), input, greedy)->tokens, write(*demo(), input, seeded)->tokens);
    EXPECT_EQ(requestJson(greedy), requestJson(seeded)) << "one key";
    EXPECT_NE(requestJson(drawn), requestJson(other));
}

TEST(Generation, LossIsOfTheTokenUnderTheModelItself) {
    const auto input = promptOf({11, 12, 13});
    const auto greedy = write(*demo(), input, {.tokens = 1});
    const auto hot = write(*demo(), input, {.tokens = 1, .temperature = 4.0, .topP = {1e-6}});
    EXPECT_EQ(hot->tokens, greedy->tokens);
    EXPECT_EQ(hot->logProb, greedy->logProb) << "neither tempered nor cut";
    EXPECT_EQ(hot->entropy, greedy->entropy);
    EXPECT_EQ(greedy->loss(0), -greedy->logProb[0]);
    EXPECT_EQ(greedy->meanLoss(), greedy->loss(0));
}

class GenerationFiles : public ::testing::Test {
  protected:
    Answer<GenerationResult> ask(const Model& model, const GenerationRequest& request) {
        Progress progress;
        return answer<GenerationAnalysis>(&cache_, CacheUse::ReadAndWrite, model,
                                          promptOf({11, 12, 13}), request, progress);
    }
    TemporaryFolder folder_;
    ResultCache cache_{{folder_.path() / "cache", std::uint64_t{1} << 30U}};
};

void expectSame(const GenerationResult& a, const GenerationResult& b) {
    EXPECT_EQ(a.tokens, b.tokens);
    EXPECT_EQ(a.texts, b.texts);
    EXPECT_EQ(a.logProb, b.logProb);
    EXPECT_EQ(a.entropy, b.entropy);
    EXPECT_EQ(a.text, b.text);
    EXPECT_EQ(a.end, b.end);
}

TEST_F(GenerationFiles, TheSecondTimeItComesFromTheCacheBitForBit) {
    const GenerationRequest request{.tokens = 30, .temperature = 1.2, .topP = {0.93}, .seed = 9};
    const auto first = ask(*demo(), request), second = ask(*demo(), request);
    EXPECT_FALSE(first.fromCache);
    EXPECT_EQ(first.warning, "");
    EXPECT_TRUE(second.fromCache);
    expectSame(*first.result, *second.result);
    EXPECT_EQ(second.result->request, request);
}

/// A tokenizer says where texts end and what they say.
TEST_F(GenerationFiles, WithAnotherTokenizerItIsAnotherResult) {
    const auto bare = folder_.path() / "bare";
    std::filesystem::create_directory(bare);
    for (const auto* file : {"config.json", "model.safetensors"})
        std::filesystem::copy(resources() / "demo/original" / file, bare / file);
    const auto model = openAt(bare);
    ASSERT_EQ(model->tokenizer(), nullptr);
    const auto with = ask(*demo(), {.tokens = 3}), without = ask(*model, {.tokens = 3});
    EXPECT_FALSE(without.fromCache);
    EXPECT_EQ(without.result->tokens, with.result->tokens);
    EXPECT_EQ(without.result->texts[0].front(), '#');
}

TEST_F(GenerationFiles, AFileHasTheDatasetsOfTheContract) {
    const auto file = folder_.path() / "g.h5";
    const auto result = ask(*demo(), {.tokens = 3}).result;
    saveResults<GenerationAnalysis>(file, {result}, promptOf({11, 12, 13}), {.tokens = 3},
                                    demo()->tokenizer().get());
    const Hdf5Reader reader(file);
    const std::string group = "/models/original";
    const auto loss = reader.numbers(group + "/loss").values,
               logProb = reader.numbers(group + "/log_prob").values;
    ASSERT_EQ(loss.size(), result->tokens.size());
    for (std::size_t i = 0; i < loss.size(); ++i)
        EXPECT_EQ(loss[i], -logProb[i]);
    EXPECT_EQ(reader.numbers(group + "/tokens").values.size(), loss.size());
    EXPECT_EQ(reader.numbers(group + "/entropy").values.size(), loss.size());
    EXPECT_EQ(reader.strings(group + "/token_text"), result->texts);
    EXPECT_EQ(reader.textAttribute(group, "text"), result->text);
    EXPECT_EQ(reader.textAttribute(group, "end"), "tokens");
    expectSame(*readResults<GenerationAnalysis>(ResultReader(file)).front(), *result);
}

TEST(Generation, PublishesOnItsWayAndStopsBetweenTokens) {
    const TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), syntheticConfig(2, 2, 64, 500, 20000), 3);
    const auto model = openAt(folder.path());
    std::stop_source stop;
    Progress progress(stop.get_token(), {});
    Job<GenerationResult> job(progress);
    std::vector<std::shared_ptr<const GenerationResult>> parts;
    job.publish = [&](std::shared_ptr<const GenerationResult> part) {
        parts.push_back(std::move(part));
        if (parts.size() == 2)
            stop.request_stop();
    };
    EXPECT_THROW(
        GenerationAnalysis::compute(*model, promptOf({11, 12, 13}), {.tokens = 19000}, job),
        Cancelled);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0]->tokens.size(), 1U) << "the first at once";
    EXPECT_GT(parts[1]->tokens.size(), 1U);
    EXPECT_EQ(parts[1]->texts.size(), parts[1]->tokens.size());
    EXPECT_FALSE(parts[0]->text.empty());
}

} // namespace
} // namespace residuum::test
