// Reading a text token by token against reading it at once, and the attention that it is made of
// against its twin.
#include "core/model/decoder.h"

#include "core/model/forward.h"
#include "core/model/keys_values.h"
#include "core/model/model.h"
#include "core/model/sampling.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "support/norm_goldens.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace residuum::test {
namespace {

at::Tensor lastLogits(const Weights& weights, const std::vector<TokenId>& tokens) {
    std::vector<std::int64_t> ids;
    for (const auto token : tokens)
        ids.push_back(token.value);
    const LogitPositions last =
        std::vector<std::int64_t>{static_cast<std::int64_t>(ids.size()) - 1};
    return forward(weights, at::tensor(ids, at::kLong).unsqueeze(0), last, nullptr, Progress())
        .view({-1});
}

std::vector<TokenId> someTokens(std::int64_t count, int d_vocab) {
    std::vector<TokenId> tokens;
    for (std::int64_t i = 0; i < count; ++i)
        tokens.emplace_back((7 + 31 * i + i * i) % d_vocab);
    return tokens;
}

/// Every step's logits, from prompts of several lengths to the context's end.
void expectAsForward(const Weights& weights, double tolerance) {
    const auto all = someTokens(std::min(weights.config.n_ctx, 24), weights.config.d_vocab);
    for (const std::ptrdiff_t prompt : {1, 2, 7}) {
        std::vector<TokenId> read(all.begin(), all.begin() + prompt);
        Decoder decoder(weights, read, 1000, Progress());
        EXPECT_EQ(decoder.room(), weights.config.n_ctx - prompt);
        for (auto next = all.begin() + prompt;; ++next) {
            const auto want = lastLogits(weights, read);
            ASSERT_TRUE(at::allclose(decoder.logits(), want, 0.0, tolerance))
                << read.size() << " tokens, " << prompt << " of them at once, off by "
                << (decoder.logits() - want).abs().max().item<double>();
            if (next == all.end())
                break;
            decoder.read(*next, Progress());
            read.push_back(*next);
        }
    }
}

class DecoderGoldens : public NormGoldens {};

TEST_P(DecoderGoldens, EveryStepIsForwards) {
    expectAsForward(openNormGolden(GetParam())->weights(), 1e-12);
}

TEST_P(DecoderGoldens, TwentyGreedyTokens) {
    const auto model = openNormGolden(GetParam());
    std::vector<TokenId> prompt;
    for (const int id : normGoldenTokens("/tokens"))
        prompt.emplace_back(id);
    Decoder decoder(model->weights(), prompt, 20, Progress());
    std::int64_t step = 0;
    for (const double next : golden("greedy").values) {
        const auto chosen = chooseToken(decoder.logits(), {}, step++);
        ASSERT_EQ(chosen.token.value, static_cast<int>(next)) << step;
        decoder.read(chosen.token, Progress());
    }
    EXPECT_EQ(decoder.room(), 0);
}

INSTANTIATE_TEST_SUITE_P(Models, DecoderGoldens, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

class DecoderSites : public ::testing::TestWithParam<Sites> {
  protected:
    DecoderSites() {
        writeSyntheticGpt2(folder_.path(),
                           withSites(syntheticConfig(3, 4, 32, 131, 40), GetParam()), 5);
    }
    std::shared_ptr<const Model> open(DType dtype) {
        Progress progress;
        return Model::open({"m", "m", folder_.path()}, {dtype, "cpu"}, progress);
    }

  private:
    TemporaryFolder folder_;
};

TEST_P(DecoderSites, EveryStepIsForwards) {
    expectAsForward(open(DType::Float64)->weights(), 1e-12);
}

TEST_P(DecoderSites, InOtherTypesItIsClose) {
    expectAsForward(open(DType::Float32)->weights(), 1e-4);
    const auto model = open(DType::BFloat16);
    const auto tokens = someTokens(6, 131);
    Decoder decoder(model->weights(), {tokens[0], tokens[1]}, 4, Progress());
    for (std::size_t i = 2; i < tokens.size(); ++i)
        decoder.read(tokens[i], Progress());
    const auto want = lastLogits(model->weights(), tokens).to(at::kDouble);
    EXPECT_LT((decoder.logits().to(at::kDouble) - want).abs().max().item<double>(),
              0.05 * want.abs().max().item<double>());
}

INSTANTIATE_TEST_SUITE_P(Kinds, DecoderSites,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::Outside, Sites::DynamicTanh, Sites::Mixed,
                                           Sites::Scaled),
                         [](const auto& tested) { return name(tested.param); });

TEST(Decoder, DoesNotDependOnTheNumberOfThreads) {
    const TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), syntheticConfig(2, 2, 48, 300, 16), 3);
    Progress progress;
    const auto model = Model::open({"m", "m", folder.path()}, {}, progress);
    const int before = at::get_num_threads();
    std::vector<at::Tensor> found;
    for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        Decoder decoder(model->weights(), someTokens(1, 300), 5, Progress()); // no BLAS
        for (const auto token : someTokens(5, 300))
            decoder.read(token, Progress());
        found.push_back(decoder.logits());
    }
    at::set_num_threads(before);
    EXPECT_TRUE(at::equal(found[0], found[1]));
    EXPECT_TRUE(at::equal(found[0], found[2]));
}

TEST(Decoder, StopsWhenCancelled) {
    const TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), syntheticConfig(2, 2, 16, 60, 16), 3);
    Progress opening;
    const auto model = Model::open({"m", "m", folder.path()}, {}, opening);
    std::stop_source stop;
    const Progress progress(stop.get_token(), {});
    Decoder decoder(model->weights(), someTokens(3, 60), 5, progress);
    stop.request_stop();
    EXPECT_THROW(decoder.read(TokenId(1), progress), Cancelled);
}

/// Two runs on bases of their own and one more on the first; tails in the middle, over the end of
/// the base and none but the query's own.
TEST(KeysValues, TheKernelIsItsTwin) {
    at::manual_seed(4);
    constexpr std::int64_t heads = 3, d_head = 8, pos = 6, rows = 9;
    for (const auto type : {at::kFloat, at::kDouble}) {
        const auto base = [&] { return at::randn({2, pos, heads, d_head}, type); };
        const auto own = [&](std::int64_t n) { return at::randn({n, heads * d_head}, type); };
        const auto tail = [&] { return at::randn({rows, heads, d_head}, type); };
        const KeysValues all{base(), base(), tail(), tail()};
        const std::vector<AttendingRun> runs{
            {.base = 0, .first = 2, .count = 1, .row = 0, .queryFirst = 2, .queryCount = 4},
            {.base = 1,
             .first = 6,
             .count = 5,
             .row = 1,
             .queryFirst = 10,
             .queryCount = 1,
             .queryRow = 4},
            {.base = 0,
             .first = 4,
             .count = 3,
             .row = 6,
             .queryFirst = 3,
             .queryCount = 3,
             .queryRow = 5}};
        const auto queries = own(8);
        const auto found = attend(all, queries, runs, 0.4),
                   want = attendPadded(all, queries, runs, 0.4);
        const auto byHead = [](const at::Tensor& rowsFirst) {
            return rowsFirst.transpose(0, 1).contiguous().transpose(0, 1);
        };
        const KeysValues otherwise{all.baseK, all.baseV, byHead(all.tailK), byHead(all.tailV)};
        EXPECT_TRUE(at::equal(attend(otherwise, queries, runs, 0.4), found));
        const double off = type == at::kFloat ? 1e-5 : 1e-12;
        EXPECT_TRUE(at::allclose(found, want, off, off));
        // One run by itself needs no lists of rows.
        for (auto run : runs) {
            const auto part = [&](const at::Tensor& t) {
                return t.narrow(0, run.queryRow, run.queryCount);
            };
            const auto asked = part(queries), expected = part(found);
            run.queryRow = 0;
            EXPECT_TRUE(at::allclose(attendPadded(all, asked, {run}, 0.4), expected, off, off));
        }
    }
}

TEST(KeysValues, ScoresOfNarrowTypesAreInFloat32) {
    at::manual_seed(4);
    const auto narrow = [](at::IntArrayRef shape) {
        return at::randn(shape, at::kFloat).mul_(2.0).to(at::kBFloat16);
    };
    const KeysValues all{narrow({1, 9, 2, 8}), narrow({1, 9, 2, 8}), narrow({8, 2, 8}),
                         narrow({8, 2, 8})};
    const KeysValues wide{all.baseK.to(at::kFloat), all.baseV.to(at::kFloat),
                          all.tailK.to(at::kFloat), all.tailV.to(at::kFloat)};
    const auto queries = narrow({8, 16});
    const std::vector<AttendingRun> runs{
        {.first = 1, .count = 4, .queryFirst = 5, .queryCount = 4},
        {.first = 5, .count = 4, .row = 4, .queryFirst = 5, .queryCount = 4, .queryRow = 4}};
    const auto want = attend(wide, queries.to(at::kFloat), runs, 0.4);
    const auto found = attend(all, queries, runs, 0.4).to(at::kFloat);
    EXPECT_TRUE(at::allclose(found, want, 0.004, 1e-5)); // one rounding
}

} // namespace
} // namespace residuum::test
