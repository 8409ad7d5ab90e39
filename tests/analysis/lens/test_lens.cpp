// Every number of the lens against loops over doubles, for all kinds of normalisation sites.
#include "core/model/weights.h"
#include "plain_lens.h"

#include "core/task/error.h"

#include <map>

namespace residuum::test {
namespace {

constexpr double tolerance = 1e-10;

struct Tested {
    const char* name;
    Sites sites;
    bool frozen;
};

/// A vocabulary of more than two tiles, the last one short.
std::shared_ptr<const Model> synthetic(Sites sites) {
    static const TemporaryFolder folder;
    static std::map<Sites, std::shared_ptr<const Model>> opened;
    auto& model = opened[sites];
    if (!model) {
        const auto place = folder.path() / name(sites);
        writeSyntheticGpt2(place, withSites(syntheticConfig(2, 2, 16, 2300, 32), sites), 7);
        model = openAt(place);
    }
    return model;
}

/// Compares a result at all its rows.
void expectPlain(const Model& model, const PromptInput& input, const LensResult& result,
                 double within = tolerance) {
    const auto points = result.points.size();
    const auto tracks = result.tracks();
    for (std::size_t r = 0; r < result.rows.size(); ++r) {
        const auto& row = result.rows[r];
        const auto column = static_cast<Eigen::Index>(r);
        const PlainStreams streams(
            model, input.tokens.sequences[static_cast<std::size_t>(row.sample)].tokens);
        const auto p = static_cast<std::size_t>(row.position.value);
        ASSERT_EQ(streams.points.size(), points);
        for (std::size_t i = 0; i < points; ++i) {
            const auto point = static_cast<Eigen::Index>(i);
            const auto& x = streams.points[i][p];
            const PlainReading plain(plainLogits(
                model, plainNorm(model, x, result.request.frozen ? streams.points.back()[p] : x)));
            const auto where = result.points[i] + ", row " + std::to_string(r);
            EXPECT_NEAR(result.entropy(point, column), plain.entropy, within) << where;
            for (Eigen::Index k = 0; k < tracks; ++k) {
                const auto token = static_cast<std::size_t>(result.tracked(k, column));
                const auto at = point * tracks + k;
                EXPECT_NEAR(result.logit(at, column), plain.logits[token], within) << where;
                EXPECT_NEAR(result.logProb(at, column), plain.logits[token] - plain.normaliser,
                            within)
                    << where;
                EXPECT_EQ(result.rank(at, column), plain.rank(token)) << where;
            }
            for (int k = 0; k < result.request.top; ++k) {
                const auto token = plain.order[static_cast<std::size_t>(k)];
                const auto at = point * result.request.top + k;
                EXPECT_EQ(result.topToken(at, column), static_cast<double>(token)) << where;
                EXPECT_NEAR(result.topLogProb(at, column), plain.logits[token] - plain.normaliser,
                            within)
                    << where;
            }
        }
        const PlainReading own(streams.logits[p]);
        if (result.request.track.ids.empty()) {
            EXPECT_EQ(result.tracked(0, column), static_cast<double>(own.order.front()));
        }
        EXPECT_LE(result.check[r], within);
    }
}

class LensOfSites : public ::testing::TestWithParam<Tested> {};

TEST_P(LensOfSites, IsWhatPlainLoopsSay) {
    const auto model = synthetic(GetParam().sites);
    const auto input = promptsOf({{1, 2000, 3, 7, 2299}, {5}, {2, 2, 2, 2, 2}});
    LensRequest request;
    request.position.all = true;
    request.top = 5;
    request.frozen = GetParam().frozen;
    const auto own = readLensOf(*model, input, request);
    ASSERT_EQ(own->rows.size(), 11U);
    expectPlain(*model, input, *own);
    request.track.ids = {TokenId(2299), TokenId(0), TokenId(1100)};
    request.position = {false, -1};
    const auto named = readLensOf(*model, input, request);
    ASSERT_EQ(named->rows.size(), 3U);
    EXPECT_EQ(named->rows[0].position.value, 4);
    EXPECT_EQ(named->rows[1].position.value, 0) << "a prompt of one token";
    expectPlain(*model, input, *named);
}

/// Where it is affine, what is added to the stream between two points is what the lens logits
/// differ by.
TEST_P(LensOfSites, ComponentsAddUpBetweenPoints) {
    const auto model = synthetic(GetParam().sites);
    LensRequest request;
    request.position.all = true;
    request.track.ids = {TokenId(17), TokenId(1500)};
    request.frozen = GetParam().frozen;
    request.components = true;
    const auto result = readLensOf(*model, promptsOf({{1, 2000, 3, 7}}), request);
    const bool affine = request.frozen || GetParam().sites == Sites::Removed;
    ASSERT_EQ(result->contribution.size() > 0, affine);
    EXPECT_EQ(whyNoComponents(*result).empty(), affine);
    EXPECT_EQ(LensAnalysis::warnings(*result, {}).empty(), affine);
    if (!affine)
        return;
    const auto components = allComponents(2, 2);
    const auto tracks = result->tracks();
    const auto sum = [&](Eigen::Index row, Eigen::Index k, const auto& counts) {
        double all = 0.0;
        for (std::size_t c = 0; c < components.size(); ++c)
            if (counts(components[c]))
                all += result->contribution(static_cast<Eigen::Index>(c) * tracks + k, row);
        return all;
    };
    const auto isAttention = [](const Component& c) {
        return c.kind == ComponentKind::Head || c.kind == ComponentKind::AttnBias;
    };
    const auto isMlp = [](const Component& c) {
        return c.kind == ComponentKind::Mlp || c.kind == ComponentKind::MlpBias;
    };
    for (Eigen::Index row = 0; row < 4; ++row)
        for (Eigen::Index k = 0; k < tracks; ++k) {
            const auto logit = [&](Eigen::Index point) {
                return result->logit(point * tracks + k, row);
            };
            for (int layer = 0; layer < 2; ++layer) {
                const auto pre = Eigen::Index{2} * layer;
                EXPECT_NEAR(logit(pre + 1) - logit(pre),
                            sum(row, k,
                                [&](const Component& c) {
                                    return isAttention(c) && c.layer.value == layer;
                                }),
                            tolerance);
                EXPECT_NEAR(
                    logit(pre + 2) - logit(pre + 1),
                    sum(row, k,
                        [&](const Component& c) { return isMlp(c) && c.layer.value == layer; }),
                    tolerance);
            }
            const auto w = numbersOf(
                model->weights().W_U_rows[static_cast<std::int64_t>(result->tracked(k, row))]);
            const auto bias = numbersOf(model->weights().ln_f.bias);
            EXPECT_NEAR(logit(0),
                        sum(row, k,
                            [](const Component& c) {
                                return c.kind == ComponentKind::Embed ||
                                       c.kind == ComponentKind::PosEmbed;
                            }) +
                            std::inner_product(w.begin(), w.end(), bias.begin(), 0.0),
                        tolerance);
        }
}

INSTANTIATE_TEST_SUITE_P(Models, LensOfSites,
                         ::testing::Values(Tested{"layernorm", Sites::LayerNorm, false},
                                           Tested{"removed", Sites::Removed, false},
                                           Tested{"rmsnorm", Sites::RmsNorm, false},
                                           Tested{"dyt", Sites::DynamicTanh, false},
                                           Tested{"mixed", Sites::Mixed, false},
                                           Tested{"scaled", Sites::Scaled, false},
                                           Tested{"layernorm_frozen", Sites::LayerNorm, true},
                                           Tested{"removed_frozen", Sites::Removed, true},
                                           Tested{"rmsnorm_frozen", Sites::RmsNorm, true},
                                           Tested{"dyt_frozen", Sites::DynamicTanh, true},
                                           Tested{"mixed_frozen", Sites::Mixed, true}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Lens, OfTheDemoModels) {
    const auto input = promptsOf({{101, 5, 900, 33, 12, 7}});
    for (const char* name : {"original", "vanilla", "ln-free"}) {
        const auto model = openAt(resources() / "demo" / name);
        LensRequest request;
        request.position.all = true;
        expectPlain(*model, input, *readLensOf(*model, input, request));
        const auto single = openAt(resources() / "demo" / name, DType::Float32);
        const auto rough = readLensOf(*single, input, request);
        const auto exact = readLensOf(*model, input, request);
        EXPECT_LT((rough->entropy - exact->entropy).abs().maxCoeff(), 1e-4) << name;
        EXPECT_LT((rough->topLogProb - exact->topLogProb).abs().maxCoeff(), 1e-3) << name;
        for (const double check : rough->check)
            EXPECT_LT(check, 1e-4) << name;
    }
}

class LensGoldens : public NormGoldens {};

TEST_P(LensGoldens, IsWhatPlainLoopsSay) {
    const auto model = openNormGolden(GetParam());
    const auto input = promptsOf({normGoldenTokens("/tokens")});
    LensRequest request;
    request.position.all = true;
    request.top = 3;
    expectPlain(*model, input, *readLensOf(*model, input, request));
}

INSTANTIATE_TEST_SUITE_P(Models, LensGoldens, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

/// Tokens with equal embeddings have equal logits, wherever their tiles are: each is as far down as
/// the tokens that are strictly likelier.
TEST(Lens, TokensThatTieShareTheirRank) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(2, 2, 16, 2300, 32);
    auto tensors = syntheticTensors(config, 3);
    const std::vector<std::size_t> same{5, 1023, 1500, 2299};
    for (auto& tensor : tensors)
        if (tensor.name == "wte.weight") {
            const auto width = tensor.bytes.size() / 2300;
            for (const auto token : same)
                std::copy_n(tensor.bytes.begin() + static_cast<std::ptrdiff_t>(5 * width), width,
                            tensor.bytes.begin() + static_cast<std::ptrdiff_t>(token * width));
        }
    writeText(folder.path() / "config.json", configJson(config));
    writeSafetensors(folder.path() / "model.safetensors", tensors);
    for (const auto dtype : {DType::Float64, DType::Float32}) {
        const auto model = openAt(folder.path(), dtype);
        LensRequest request;
        request.position.all = true;
        request.top = 2300;
        for (const auto token : same)
            request.track.ids.emplace_back(static_cast<int>(token));
        const auto result = readLensOf(*model, promptsOf({{5, 5, 9}}), request);
        const auto tracks = result->tracks();
        for (Eigen::Index point = 0; point < 5; ++point)
            for (Eigen::Index row = 0; row < 3; ++row) {
                const double rank = result->rank(point * tracks, row);
                for (Eigen::Index k = 0; k < tracks; ++k) {
                    EXPECT_EQ(result->rank(point * tracks + k, row), rank);
                    EXPECT_EQ(
                        result->topToken(point * 2300 + static_cast<Eigen::Index>(rank) + k, row),
                        static_cast<double>(same[static_cast<std::size_t>(k)]))
                        << "ties by their ids";
                }
            }
    }
}

std::string refusal(const Model& model, const PromptInput& input, const LensRequest& request) {
    try {
        readLensOf(model, input, request);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(Lens, RefusesWhatItCannotRead) {
    const auto model = synthetic(Sites::LayerNorm);
    LensRequest request;
    request.top = 2301;
    EXPECT_NE(refusal(*model, promptsOf({{1}}), request).find("2300 tokens"), std::string::npos);
    request.top = 1;
    request.track.ids = {TokenId(2300)};
    EXPECT_NE(refusal(*model, promptsOf({{1}}), request).find("--track #2300"), std::string::npos);
    request.track = {};
    request.position.at = 3;
    EXPECT_NE(refusal(*model, promptsOf({{1, 2}}), request).find("--position 3"),
              std::string::npos);
    EXPECT_NE(refusal(*model, promptsOf({{}}), {}).find("empty"), std::string::npos);
    EXPECT_NE(refusal(*model, promptsOf({{2300}}), {}).find("2300"), std::string::npos);
    EXPECT_THROW(Codec<TrackedTokens>::parse("#1,", {"--track"}, {nullptr, 2300}), UsageError);
    EXPECT_THROW(Codec<TrackedTokens>::parse("#2300", {"--track"}, {nullptr, 2300}), UsageError);
}

/// Layer 1's MLP writes what is beyond float32 at some positions.
TEST(Lens, NamesWhereAModelExplodes) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(3, 2, 16, 50, 32);
    auto tensors = syntheticTensors(config, 3);
    for (auto& tensor : tensors)
        if (tensor.name == "h.1.mlp.c_proj.bias")
            tensor.bytes = bytesOf(std::vector<float>(16, 3e38F));
        else if (tensor.name == "h.2.attn.c_proj.bias")
            tensor.bytes = bytesOf(std::vector<float>(16, 3e38F));
    writeText(folder.path() / "config.json", configJson(config));
    writeSafetensors(folder.path() / "model.safetensors", tensors);
    const auto said = refusal(*openAt(folder.path(), DType::Float32), promptsOf({{1, 2, 3}}), {});
    EXPECT_NE(said.find("2_mid, position 2"), std::string::npos) << said;
}

TEST(Lens, StopsBetweenBlocksOfRows) {
    const auto model = synthetic(Sites::LayerNorm);
    std::stop_source stop;
    stop.request_stop();
    Progress progress(stop.get_token(), {});
    Job<LensResult> job(progress);
    EXPECT_THROW(LensAnalysis::compute(*model, promptsOf({{1, 2}}), {}, job), Cancelled);
}

/// Less memory, more batches, the same numbers.
TEST(Lens, DoesNotDependOnHowItIsCut) {
    const auto model = synthetic(Sites::LayerNorm);
    const auto input = promptsOf({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {1, 1, 1}});
    LensRequest request;
    request.position.all = true;
    const auto whole = readLensOf(*model, input, request);
    Progress progress;
    Job<LensResult> job(progress);
    job.memory = 1;
    const auto parts = LensAnalysis::compute(*model, input, request, job);
    EXPECT_LT((whole->logProb - parts->logProb).abs().maxCoeff(), 1e-12);
    EXPECT_TRUE((whole->topToken == parts->topToken).all());
}

} // namespace
} // namespace residuum::test
