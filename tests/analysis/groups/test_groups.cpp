// Groups changed together equal one plain forward pass with all their activations replaced: every
// change, heads, MLPs and neurons, every kind of normalisation site.
#include "analysis/patching/naive_patching.h"
#include "analysis/patching/patching_support.h"

#include "analysis/groups/groups.h"
#include "analysis/groups/groups_analysis.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <gmock/gmock.h>

#include <ATen/ATen.h>

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;
using Activations = std::map<std::string, at::Tensor>;

std::vector<ComponentGroup> groupsNamed(const std::string& text) {
    return Codec<std::vector<ComponentGroup>>::parse(text, {"--groups"}, {});
}

double difference(const Weights& weights, const AnswerTokens& answer, const at::Tensor& final) {
    const auto logits =
        at::matmul(normalize(final, weights.ln_f), weights.W_U_rows.t()).select(0, 0);
    return logits[answer.correct.value].item<double>() -
           logits[answer.incorrect.value].item<double>();
}

/// Which activation and part of it a member is.
std::pair<std::string, int> placeOf(const GroupMember& member) {
    if (const auto* neuron = std::get_if<Neuron>(&member))
        return {"mlp_post", neuron->index.value};
    const auto& component = std::get<Component>(member);
    return component.kind == ComponentKind::Head ? std::pair{"z", component.head.value}
                                                 : std::pair{"mlp_out", -1};
}

/// `from`: the activation that takes the place of `layer`'s `name`.
using From = std::function<at::Tensor(int layer, const std::string& name, const at::Tensor& own)>;

at::Tensor naiveChanged(const Weights& weights, const at::Tensor& tokens,
                        const std::vector<GroupMember>& members, const From& from) {
    return naiveForward(weights, tokens, [&](int layer, const std::string& name, at::Tensor& own) {
        for (const auto& member : members) {
            const auto [wanted, part] = placeOf(member);
            if (layerOf(member) != layer || wanted != name)
                continue;
            const auto other = from(layer, name, own);
            if (part < 0)
                own = other.clone();
            else
                own.select(1, part).copy_(other.select(1, part));
        }
    });
}

class GroupSites : public ::testing::TestWithParam<Sites> {};

TEST_P(GroupSites, EqualAPlainRunWithEverythingReplaced) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, GetParam(), DType::Float64);
    const auto& weights = model->weights();
    const auto pairs = randomPairs({{7, {2}}, {7, {3, 5}}, {5, {1}}}, 60, 3);
    const auto groups = groupsNamed(
        "movers=L0H1+L1H3+L2H0,mixed=L0.mlp+L1H0+L2N5+L2N7,one=L1.mlp,late=L2H2+L2.mlp");
    Activations sums;
    double rows = 0.0;
    for (const auto& sequence : pairs.clean.sequences) {
        rows += static_cast<double>(sequence.tokens.size());
        for (const auto& [name, value] : naiveActivations(weights, tokenTensor(sequence))) {
            if (!name.ends_with(".z") && !name.ends_with(".mlp_out") &&
                !name.ends_with(".mlp_post"))
                continue;
            const auto sum = value.sum(0, true);
            sums[name] = sums.contains(name) ? sums[name] + sum : sum;
        }
    }
    for (const auto change :
         {GroupChange::Mean, GroupChange::Zero, GroupChange::Resample, GroupChange::Patch}) {
        Progress progress;
        const auto result =
            groupEffects(*model, pairs, {groups, change}, std::int64_t{1} << 30, progress);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto clean = tokenTensor(pairs.clean.sequences[i]),
                       corrupt = tokenTensor(pairs.corrupt.sequences[i]);
            const bool patches = change == GroupChange::Patch;
            const auto& base = patches ? corrupt : clean;
            const auto other = naiveActivations(weights, patches ? clean : corrupt);
            const From from = [&](int layer, const std::string& name, const at::Tensor& own) {
                const auto key = std::to_string(layer) + "." + name;
                return change == GroupChange::Zero   ? at::zeros_like(own)
                       : change == GroupChange::Mean ? (sums.at(key) / rows).expand_as(own)
                                                     : other.at(key);
            };
            const auto answer = pairs.answer(i);
            const auto effect = [&](const std::vector<GroupMember>& members) {
                return difference(weights, answer, naiveChanged(weights, base, members, from)) -
                       difference(weights, answer, naiveChanged(weights, base, {}, from));
            };
            std::size_t column = 0;
            for (std::size_t g = 0; g < groups.size(); ++g) {
                EXPECT_NEAR(
                    result->together(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(g)),
                    effect(groups[g].members), 1e-11)
                    << groups[g].name << ", " << name(change);
                for (const auto& member : groups[g].members)
                    EXPECT_NEAR(result->alone(static_cast<Eigen::Index>(i),
                                              static_cast<Eigen::Index>(column++)),
                                effect({member}), 1e-11)
                        << label(member) << ", " << name(change);
            }
        }
    }
}

/// Of all heads, MLPs and what nobody is a member of, DLA adds up to the logit difference.
TEST_P(GroupSites, AttributionsAddUpToTheLogitDifference) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, GetParam(), DType::Float64);
    const auto& weights = model->weights();
    const auto pairs = randomPairs({{6, {2}}}, 60, 5);
    std::string all = "all=", heads;
    for (int l = 0; l < 3; ++l) {
        for (int h = 0; h < 4; ++h)
            all += "L" + std::to_string(l) + "H" + std::to_string(h) + "+";
        all += "L" + std::to_string(l) + ".mlp+";
    }
    all.pop_back();
    Progress progress;
    const auto result = groupEffects(*model, pairs, {groupsNamed(all)}, 1 << 30, progress);
    // Without all that heads and MLPs write, embeddings and biases are left.
    const auto tokens = tokenTensor(pairs.clean.sequences[0]);
    auto left =
        (weights.W_E.index_select(0, tokens) + weights.W_pos.narrow(0, 0, 6)).narrow(0, 5, 1);
    for (std::size_t l = 0; l < 3; ++l)
        left = left + weights.derived.get(weights).attnBias[l] + weights.blocks[l].b_out;
    const auto answer = pairs.answer(0);
    const double whole = result->cleanMetric[0];
    EXPECT_NEAR(result->directEffect(0, 0), whole - difference(weights, answer, left), 1e-11);
    const auto final = naiveForward(weights, tokens, [](int, const std::string&, at::Tensor&) {});
    const auto& site = weights.ln_f.site;
    const auto frozen = [&](const at::Tensor& part) { // of a part of the final residual stream
        const auto logits = at::matmul(centre(part, site) * gate(centre(final, site), site) *
                                           foldedGain(weights.ln_f),
                                       weights.W_U_rows.t())
                                .select(0, 0);
        return logits[answer.correct.value].item<double>() -
               logits[answer.incorrect.value].item<double>();
    };
    EXPECT_NEAR(result->dla(0, 0) + frozen(left), frozen(final), 1e-11);
}

TEST_P(GroupSites, ChangeNothingByLittleMemory) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, GetParam(), DType::Float64);
    const auto pairs = randomPairs({{7, {2}}, {7, {3}}, {7, {4}}, {4, {1}}}, 60, 9);
    const GroupsRequest request{groupsNamed("a=L0H1+L2N3,b=L1.mlp"), GroupChange::Mean};
    Progress progress;
    const auto some = groupEffects(*model, pairs, request, 1, progress),
               all = groupEffects(*model, pairs, request, std::int64_t{1} << 30, progress);
    EXPECT_TRUE(some->together.isApprox(all->together, 1e-12));
    EXPECT_TRUE(some->directEffect.isApprox(all->directEffect, 1e-12));
}

TEST_P(GroupSites, AreTheSameInFloat32) {
    const TemporaryFolder folder;
    const auto pairs = randomPairs({{7, {2}}, {5, {3}}}, 60, 9);
    const GroupsRequest request{groupsNamed("a=L0H1+L2N3,b=L1.mlp+L1H2"), GroupChange::Mean};
    const auto of = [&](DType dtype) {
        Progress progress;
        return groupEffects(*randomModel(folder, GetParam(), dtype), pairs, request, 1 << 30,
                            progress);
    };
    const auto single = of(DType::Float32), exact = of(DType::Float64);
    EXPECT_LT((single->together - exact->together).abs().maxCoeff(), 1e-5);
    EXPECT_LT((single->alone - exact->alone).abs().maxCoeff(), 1e-5);
    EXPECT_LT((single->dla - exact->dla).abs().maxCoeff(), 1e-5);
    EXPECT_LT((single->directEffect - exact->directEffect).abs().maxCoeff(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Sites, GroupSites,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::DynamicTanh, Sites::Mixed),
                         [](const auto& tested) { return name(tested.param); });

TEST(Groups, TextsAreReadBack) {
    const std::string text = "movers=L1H6+L2.mlp+L3N32,b c=L0H0";
    EXPECT_EQ(Codec<std::vector<ComponentGroup>>::text(groupsNamed(text)), text);
}

std::string refusal(const std::string& text) {
    try {
        requireValid(groupsNamed(text), syntheticConfig(3, 4, 32, 60, 24));
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Groups, AreRefusedInWords) {
    EXPECT_THAT(refusal("movers"), HasSubstr("NAME=L1H6"));
    EXPECT_THAT(refusal("=L0H0"), HasSubstr("it is empty"));
    EXPECT_THAT(refusal("a=embed"), HasSubstr("no member of a group"));
    EXPECT_THAT(refusal("a=L0H0+L0H0"), HasSubstr("twice"));
    EXPECT_THAT(refusal("a=L0N3+L0.mlp"), HasSubstr("the MLP that it is part of"));
    EXPECT_THAT(refusal("a=L0H0,a=L0H1"), HasSubstr("two groups"));
    EXPECT_THAT(refusal("a=L7H0"), HasSubstr("there is no L7H0"));
    EXPECT_THAT(refusal("a=L0H9"), HasSubstr("there is no L0H9"));
    EXPECT_THAT(refusal("a=L0N9999"), HasSubstr("there is no L0N9999"));
    EXPECT_EQ(refusal("a=L0H0+L2.mlp"), "");
}

TEST(Groups, OfASessionsPins) {
    const auto groups = groupsOf({{"L1H6", "#000000", "A", "", "movers"},
                                  {"L2 pos 3", "#000000", "B", "", "movers"},
                                  {"L0.mlp", "#000000", "C", "", ""},
                                  {"L2H3", "#000000", "D", "", "movers"},
                                  {"L3N5", "#000000", "E", "", "neurons"}});
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(Codec<std::vector<ComponentGroup>>::text(groups), "movers=L1H6+L2H3,neurons=L3N5");
}

} // namespace
} // namespace residuum::test
