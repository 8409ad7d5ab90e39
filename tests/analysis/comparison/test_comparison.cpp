// Every number of a comparison against plain computations from logits and activations in float64.
#include "analysis/comparison/token_means.h"
#include "comparison_support.h"
#include "core/model/kept_hooks.h"
#include "core/model/weights.h"
#include "core/store/hdf5_reader.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace residuum::test {
namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>; ///< [pos][…]

constexpr double close = 1e-10;

void expectClose(double found, double wanted, const std::string& what) {
    if (std::isnan(wanted))
        EXPECT_TRUE(std::isnan(found)) << what << ": " << found;
    else
        EXPECT_NEAR(found, wanted, close * std::max(1.0, std::abs(wanted))) << what;
}

Rows rowsOf(const at::Tensor& t) { // [T, …]
    Rows rows;
    const auto flat = t.to(at::kDouble).reshape({t.size(0), -1}).contiguous();
    for (std::int64_t i = 0; i < flat.size(0); ++i) {
        const auto* row = flat.data_ptr<double>() + i * flat.size(1);
        rows.emplace_back(row, row + flat.size(1));
    }
    return rows;
}

/// One sequence in one model, as a plain forward pass tells it.
struct Plain {
    std::vector<int> ids;
    Rows logProb;                              ///< [pos][V]
    std::vector<Rows> pre, mid;                ///< [layer][pos][d]; pre with the final stream
    std::vector<std::vector<Rows>> patterns{}; ///< [layer][head][query][key]
};

Plain plainOf(const Model& model, const TokenSequence& sequence) {
    const auto& weights = model.weights();
    Plain plain;
    std::vector<std::int64_t> ids;
    for (const auto token : sequence.tokens) {
        plain.ids.push_back(token.value);
        ids.push_back(token.value);
    }
    const int layers = model.info().config.n_layers;
    std::vector<Hook> hooks{{HookPoint::ResidPost, LayerIndex(layers - 1)}};
    for (int l = 0; l < layers; ++l)
        for (const auto point : {HookPoint::ResidPre, HookPoint::ResidMid, HookPoint::Pattern})
            hooks.push_back({point, LayerIndex(l)});
    KeptHooks kept(hooks);
    const Progress progress;
    const auto logits =
        forward(weights, at::tensor(ids, at::kLong).unsqueeze(0), std::nullopt, &kept, progress)[0];
    for (const auto& row : rowsOf(logits)) {
        const double largest = *std::max_element(row.begin(), row.end());
        double sum = 0.0;
        for (const double logit : row)
            sum += std::exp(logit - largest);
        auto& logs = plain.logProb.emplace_back();
        for (const double logit : row)
            logs.push_back(logit - largest - std::log(sum));
    }
    for (int l = 0; l < layers; ++l) {
        plain.pre.push_back(rowsOf(kept.of({HookPoint::ResidPre, LayerIndex(l)})[0]));
        plain.mid.push_back(rowsOf(kept.of({HookPoint::ResidMid, LayerIndex(l)})[0]));
        const auto pattern = kept.of({HookPoint::Pattern, LayerIndex(l)})[0];
        auto& heads = plain.patterns.emplace_back();
        for (std::int64_t h = 0; h < pattern.size(0); ++h)
            heads.push_back(rowsOf(pattern[h]));
    }
    plain.pre.push_back(rowsOf(kept.of(hooks.front())[0]));
    return plain;
}

std::vector<Plain> plainOf(const Model& model, const PromptInput& input) {
    std::vector<Plain> all;
    for (const auto& sequence : input.tokens.sequences)
        all.push_back(plainOf(model, sequence));
    return all;
}

double meanOf(const Row& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double dot(const Row& a, const Row& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
double norm(const Row& x) {
    return std::sqrt(dot(x, x));
}

void expectTokens(const ComparisonResult& found, const std::vector<Plain>& plain) {
    std::size_t token = 0;
    Row losses, entropies;
    std::vector<std::array<double, 3>> bins(10);
    double above = 0.0;
    for (const auto& sequence : plain)
        for (std::size_t p = 0; p < sequence.ids.size(); ++p, ++token) {
            const auto& logs = sequence.logProb[p];
            double entropy = 0.0;
            for (const double log : logs)
                entropy -= std::exp(log) * log;
            expectClose(found.entropy[token], entropy, "entropy");
            if (p + 1 == sequence.ids.size()) {
                EXPECT_TRUE(std::isnan(found.loss[token])) << "nothing follows";
                continue;
            }
            const auto label = static_cast<std::size_t>(sequence.ids[p + 1]);
            expectClose(found.loss[token], -logs[label], "loss");
            losses.push_back(-logs[label]);
            entropies.push_back(entropy);
            above += -logs[label] > 50.0 ? 1.0 : 0.0;
            const auto top = std::max_element(logs.begin(), logs.end()) - logs.begin();
            const double confidence = std::exp(logs[static_cast<std::size_t>(top)]);
            std::size_t bin = 0;
            while (bin < 9 && confidence > (static_cast<double>(bin) + 1.0) / 10.0)
                ++bin;
            bins[bin][0] += confidence;
            bins[bin][1] += static_cast<std::size_t>(top) == label ? 1.0 : 0.0;
            bins[bin][2] += 1.0;
        }
    EXPECT_EQ(found.loss.size(), token);
    expectClose(found.meanLoss.mean, meanOf(losses), "mean loss");
    expectClose(found.meanEntropy.mean, meanOf(entropies), "mean entropy");
    const auto scored = static_cast<double>(losses.size());
    expectClose(found.lossAbove50, above / scored, "losses above 50");
    double ece = 0.0;
    for (Eigen::Index b = 0; b < 10; ++b) {
        const auto& bin = bins[static_cast<std::size_t>(b)];
        EXPECT_EQ(found.calibration(b, 2), bin[2]);
        expectClose(found.calibration(b, 0), bin[0] / bin[2], "confidence");
        expectClose(found.calibration(b, 1), bin[1] / bin[2], "accuracy");
        if (bin[2] > 0.0)
            ece += bin[2] / scored * std::abs(bin[1] / bin[2] - bin[0] / bin[2]);
    }
    expectClose(found.ece, ece, "ECE");
}

/// Tokens of a group at a point of the stream, and at the point before.
struct PlainGroup {
    Rows tokens, before;
};
PlainGroup groupOf(const std::vector<Plain>& plain, std::vector<Rows> Plain::*points,
                   std::size_t layer, bool first) {
    PlainGroup group;
    for (const auto& sequence : plain)
        for (std::size_t p = 0; p < sequence.ids.size(); ++p)
            if ((p == 0) == first) {
                group.tokens.push_back((sequence.*points)[layer][p]);
                if (layer > 0)
                    group.before.push_back((sequence.*points)[layer - 1][p]);
            }
    return group;
}

double plainScore(const PlainGroup& group, StreamScore score) {
    const auto& tokens = group.tokens;
    const auto d = tokens.front().size();
    Row perToken;
    if (score == StreamScore::Kurtosis) {
        Row squares(d);
        for (const auto& x : tokens)
            for (std::size_t j = 0; j < d; ++j)
                squares[j] += std::pow(x[j] - meanOf(x), 2) / static_cast<double>(tokens.size());
        return meanOf([&] {
                   Row fourth;
                   for (const double s : squares)
                       fourth.push_back(s * s);
                   return fourth;
               }()) /
               std::pow(meanOf(squares), 2);
    }
    if (score == StreamScore::SignalPropagation) {
        double all = 0.0, square = 0.0;
        for (const auto& x : tokens)
            square += dot(x, x) / static_cast<double>(d * tokens.size());
        for (std::size_t i = 0; i < tokens.size(); ++i)
            for (std::size_t j = 0; j < tokens.size(); ++j)
                if (i != j)
                    all += dot(tokens[i], tokens[j]) / static_cast<double>(d) / square;
        return all / static_cast<double>(tokens.size() * (tokens.size() - 1));
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        Row sizes;
        for (const double value : tokens[i])
            sizes.push_back(std::abs(value));
        std::sort(sizes.begin(), sizes.end());
        if (score == StreamScore::MaxMedianRatio)
            perToken.push_back(sizes.back() / (d % 2 == 1
                                                   ? sizes[d / 2]
                                                   : (sizes[d / 2 - 1] + sizes[d / 2]) / 2.0));
        else if (group.before.empty())
            perToken.push_back(std::nan(""));
        else if (score == StreamScore::Growth)
            perToken.push_back(norm(tokens[i]) / norm(group.before[i]));
        else
            perToken.push_back(dot(tokens[i], group.before[i]) /
                               (norm(tokens[i]) * norm(group.before[i])));
    }
    return meanOf(perToken);
}

void expectStream(const ComparisonResult& found, const std::vector<Plain>& plain) {
    for (Eigen::Index l = 0; l < found.residualNorm.rows(); ++l)
        for (Eigen::Index p = 0; p < found.residualNorm.cols(); ++p) {
            Row norms;
            for (const auto& sequence : plain)
                if (static_cast<std::size_t>(p) < sequence.ids.size())
                    norms.push_back(norm(
                        sequence.pre[static_cast<std::size_t>(l)][static_cast<std::size_t>(p)]));
            expectClose(found.residualNorm(l, p), meanOf(norms), "residual norm");
        }
    for (std::size_t s = 0; s < streamScoreNames.size(); ++s)
        for (int g = 0; g < 2; ++g) {
            const std::string name(streamScoreNames[s]);
            for (Eigen::Index l = 0; l < found.stream[s].rows(); ++l)
                expectClose(
                    found.stream[s](l, g),
                    plainScore(groupOf(plain, &Plain::pre, static_cast<std::size_t>(l), g == 0),
                               static_cast<StreamScore>(s)),
                    name + " of layer " + std::to_string(l));
            for (Eigen::Index l = 0; l < found.streamMid[s].rows(); ++l)
                expectClose(
                    found.streamMid[s](l, g),
                    plainScore(groupOf(plain, &Plain::mid, static_cast<std::size_t>(l), g == 0),
                               static_cast<StreamScore>(s)),
                    name + " mid of layer " + std::to_string(l));
        }
    EXPECT_EQ(found.stream[0].rows(), found.streamMid[0].rows() + 1);
}

/// What is averaged over queries; empty: the query has none.
std::optional<double> plainScore(const std::vector<int>& ids, const Row& p, std::size_t q,
                                 HeadScore score) {
    double sum = 0.0;
    bool repeats = false;
    for (std::size_t k = 0; k <= q; ++k) {
        const bool same = k < q && ids[k] == ids[q];
        repeats |= same;
        if (score == HeadScore::Entropy || score == HeadScore::RelativeEntropy)
            sum -= p[k] == 0.0 ? 0.0 : p[k] * std::log(p[k]);
        else if (score == HeadScore::Distance)
            sum += p[k] * static_cast<double>(q - k);
        else if (score == HeadScore::Duplicate && same)
            sum += p[k];
        else if (score == HeadScore::Induction && same)
            sum += p[k + 1];
    }
    switch (score) {
    case HeadScore::SinkRate:
        return p[0] > 0.3 ? 1.0 : 0.0;
    case HeadScore::Self:
        return p[q];
    case HeadScore::PreviousToken:
        return q == 0 ? std::nullopt : std::optional(p[q - 1]);
    case HeadScore::RelativeEntropy:
        return q == 0 ? std::nullopt : std::optional(sum / std::log(static_cast<double>(q + 1)));
    case HeadScore::Duplicate:
    case HeadScore::Induction:
        return repeats ? std::optional(sum) : std::nullopt;
    default:
        return sum;
    }
}

void expectHeads(const ComparisonResult& found, const std::vector<Plain>& plain) {
    for (std::size_t s = 0; s < headScoreNames.size(); ++s)
        for (Eigen::Index l = 0; l < found.heads[s].rows(); ++l)
            for (Eigen::Index h = 0; h < found.heads[s].cols(); ++h) {
                Row values;
                for (const auto& sequence : plain)
                    for (std::size_t q = 0; q < sequence.ids.size(); ++q)
                        if (const auto value =
                                plainScore(sequence.ids,
                                           sequence.patterns[static_cast<std::size_t>(l)]
                                                            [static_cast<std::size_t>(h)][q],
                                           q, static_cast<HeadScore>(s)))
                            values.push_back(*value);
                expectClose(found.heads[s](l, h), meanOf(values), std::string(headScoreNames[s]));
            }
}

void expectDistances(const Divergence& found, const std::vector<Plain>& a,
                     const std::vector<Plain>& b) {
    std::size_t token = 0;
    Row kls, jsds;
    for (std::size_t s = 0; s < a.size(); ++s)
        for (std::size_t p = 0; p < a[s].ids.size(); ++p, ++token) {
            double kl = 0.0, reverse = 0.0, jsd = 0.0;
            for (std::size_t v = 0; v < a[s].logProb[p].size(); ++v) {
                const double logP = a[s].logProb[p][v], logQ = b[s].logProb[p][v];
                const double P = std::exp(logP), Q = std::exp(logQ);
                kl += P * (logP - logQ);
                reverse += Q * (logQ - logP);
                jsd += 0.5 * P * (logP - std::log((P + Q) / 2.0)) +
                       0.5 * Q * (logQ - std::log((P + Q) / 2.0));
            }
            expectClose(found.kl[token], kl, "KL");
            expectClose(found.klReverse[token], reverse, "KL backwards");
            expectClose(found.jsd[token], jsd, "JSD");
            EXPECT_LE(found.jsd[token], std::log(2.0));
            if (p + 1 < a[s].ids.size()) {
                kls.push_back(kl);
                jsds.push_back(jsd);
            }
        }
    expectClose(found.meanKl.mean, meanOf(kls), "mean KL");
    expectClose(found.meanJsd.mean, meanOf(jsds), "mean JSD");
}

void expectAll(const std::vector<std::shared_ptr<const Model>>& models, const PromptInput& input) {
    const auto found = compare(models, input, {.layers = true, .attention = true});
    std::vector<std::vector<Plain>> plain;
    for (std::size_t m = 0; m < models.size(); ++m) {
        SCOPED_TRACE(models[m]->info().name);
        plain.push_back(plainOf(*models[m], input));
        expectTokens(*found.own[m], plain.back());
        expectStream(*found.own[m], plain.back());
        expectHeads(*found.own[m], plain.back());
    }
    std::size_t pair = 0;
    for (std::size_t a = 0; a < models.size(); ++a)
        for (auto b = a + 1; b < models.size(); ++b)
            expectDistances(*found.pairs[pair++], plain[a], plain[b]);
}

class ComparisonSites : public ::testing::TestWithParam<Sites> {};

TEST_P(ComparisonSites, EveryNumberAsComputedPlainly) {
    const TemporaryFolder folder;
    expectAll({synthetic(folder.path() / "a", GetParam(), 3),
               synthetic(folder.path() / "b", Sites::LayerNorm, 4)},
              someInput(97));
}

INSTANTIATE_TEST_SUITE_P(Models, ComparisonSites,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::Outside, Sites::DynamicTanh, Sites::Mixed,
                                           Sites::Scaled),
                         [](const auto& tested) { return name(tested.param); });

TEST(Comparison, TheDemoModels) {
    std::vector<std::shared_ptr<const Model>> models;
    for (const char* name : {"original", "vanilla", "ln-free"})
        models.push_back(openAt(resources() / "demo" / name));
    const auto text = models.front()->tokenizer()->encode(
        "Then, Mary and John went to the store. John gave a book to Mary");
    std::vector<int> ids;
    for (const auto token : text)
        ids.push_back(token.value);
    auto sequences = std::vector{ids, {ids.begin(), ids.begin() + 6}};
    expectAll(models, inputOf(sequences));
}

TEST(Comparison, LossesOfTheGoldens) {
    const auto folder = shared() / "golden";
    if (!std::filesystem::exists(folder / "expected.h5"))
        GTEST_SKIP() << folder << " is not beside the checkout";
    const Hdf5Reader expected(folder / "expected.h5");
    const auto tokens = expected.numbers("/tokens");
    const auto width = static_cast<std::size_t>(tokens.shape[1]);
    std::vector<std::vector<int>> sequences;
    for (std::size_t i = 0; i < tokens.values.size(); ++i) {
        if (i % width == 0)
            sequences.emplace_back();
        sequences.back().push_back(static_cast<int>(tokens.values[i]));
    }
    const auto input = inputOf(sequences);
    for (const std::string name : {"tiny-ln", "tiny-lnfree"}) {
        const auto found = compare({openAt(folder / name)}, input, {});
        const auto losses = expected.numbers("/" + name + "/loss_per_token");
        const auto perRow = static_cast<std::size_t>(losses.shape[1]);
        for (std::size_t i = 0; i < losses.values.size(); ++i)
            EXPECT_NEAR(found.own[0]->loss[i / perRow * width + i % perRow], losses.values[i],
                        1e-10)
                << name;
        EXPECT_TRUE(found.pairs.empty()) << "one model has no pairs";
    }
}

} // namespace
} // namespace residuum::test
