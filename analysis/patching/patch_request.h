// What is asked of patching. Plain data.
#pragma once

#include "analysis/patching/patch_site.h"
#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "analysis/question/job.h"
#include "core/index.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace residuum {

/// On the command line "z" stands for z by position and at all positions (CONTRACT).
template <>
struct Codec<std::vector<PatchSite>> : ListMember<Codec<std::vector<PatchSite>>, PatchSite> {
    static std::vector<PatchSite> parse(const std::string& text, const Asking& asking,
                                        const TokenLookup& tokens);
};

/// Which cells are patched exactly.
struct ExactCells {
    int top = 0; ///< of each site those with the largest |estimate|; 0: all

    friend bool operator==(const ExactCells&, const ExactCells&) = default;
};

/// "all" or "top:200".
template <>
struct Codec<ExactCells> : TextMember<Codec<ExactCells>, ExactCells> {
    static std::string text(const ExactCells& cells);
    static ExactCells parse(const std::string& text, const Asking& asking, const TokenLookup&);
};

/// How many edges are kept, several times: circuits of growing size.
struct CircuitSizes {
    std::vector<int> sizes; ///< in rising order
    bool powers = false;    ///< also 1, 2, 5, 10, … below the model's number of edges
    bool all = false;       ///< also every edge

    bool empty() const { return sizes.empty() && !powers && !all; }
    /// Of a model of so many edges, in rising order.
    std::vector<std::int32_t> of(std::int64_t edges) const;
    friend bool operator==(const CircuitSizes&, const CircuitSizes&) = default;
};

/// "none", "powers,all" or "1,2,5,10,all".
template <>
struct Codec<CircuitSizes> : TextMember<Codec<CircuitSizes>, CircuitSizes> {
    static std::string text(const CircuitSizes& sizes);
    static CircuitSizes parse(const std::string& text, const Asking& asking, const TokenLookup&);
};

struct PatchRequest {
    std::vector<PatchSite> sites{PatchSite::ResidPre};
    std::vector<PatchMethod> methods{PatchMethod::Attribution, PatchMethod::Exact};
    PatchMetric metric = PatchMetric::LogitDiff;
    PatchDirection direction = PatchDirection::CleanIntoCorrupt;
    int neurons =
        50; ///< how many of the top ones mlp_post patches exactly; all where there are fewer
    int steps = 10; ///< of ig and eap-ig (midpoint rule)
    ExactCells cells;
    /// With PatchMethod::Path. Sender: a component's label, e.g. "L0H5", "L3.mlp", "embed".
    std::string sender;
    /// "L2H3.q", "L2H3.k", "L2H3.v", "L2H3" (all three), "L3.mlp", "logits".
    std::vector<std::string> receivers;
    /// Of statistics over several pairs, which follow from what is stored: of no account for keys.
    int resamples = 1000; ///< of the bootstrap; 0: no intervals
    int flips = 10'000;   ///< of signs; 0: no p
    std::uint64_t seed = 0;
    /// With PatchMethod::Eap and EapIg: how many of the edges with the largest |mean score| are
    /// also patched exactly, each by itself.
    int checkEdges = 0;
    /// With the same: the metric where so many of the best edges are kept and all others carry the
    /// corrupted run's values, and where as many random ones are.
    CircuitSizes faithfulness{};
    int randomCircuits = 5; ///< random circuits of each size
    std::uint64_t circuitSeed = 0;

    bool asks(PatchMethod method) const;
    bool asks(PatchSite site) const;
    bool asksPath() const { return asks(PatchMethod::Path); }
    bool asksEdges() const { return asks(PatchMethod::Eap) || asks(PatchMethod::EapIg); }
    /// The first estimate by site that is asked for; empty: none is.
    std::optional<PatchMethod> estimate() const;

    static constexpr auto fields() {
        using R = PatchRequest;
        constexpr auto path = [](const R& request) { return request.asksPath(); };
        constexpr auto circuits = [](const R& request) { return !request.faithfulness.empty(); };
        return std::tuple{
            field(&R::sites, "sites", "--sites",
                  "resid_pre, resid_mid, attn_out, mlp_out, z, q, k, v (each with its _all_pos, "
                  "also alone), pattern, mlp_post")
                .alwaysTold(),
            field(&R::methods, "methods", "--method",
                  "attribution, exact, atp-star, ig, eap, eap-ig, path")
                .alwaysTold()
                .earlier(1),
            field(&R::metric, "metric", "--metric", "logit_diff, prob, logprob or kl")
                .alwaysTold()
                .earlier(3),
            field(&R::direction, "direction", "--direction",
                  "clean-into-corrupt or corrupt-into-clean")
                .alwaysTold()
                .earlier(2),
            field(&R::neurons, "neurons", "--top-neurons",
                  "how many neurons mlp_post patches, by attribution")
                .atLeast(1)
                .addedLater(),
            field(&R::steps, "steps", "--steps", "of ig and eap-ig").within(1, 1000).addedLater(),
            field(&R::cells, "cells", "--cells",
                  "which cells are patched exactly: all, or top:N of each site by |estimate| (the "
                  "first of --method)")
                .keepingKeys(),
            field(&R::sender, "path/sender", "--sender", "of path, e.g. L0H1, L0.mlp or embed")
                .where(path, "--method path"),
            field(&R::receivers, "path/receivers", "--receivers",
                  "of path, e.g. L2H3.q,L2H3 (its three inputs),L3.mlp,logits")
                .where(path, "--method path"),
            field(&R::checkEdges, "check_edges", "--check-edges",
                  "of eap and eap-ig: so many of the edges with the largest |score| are also "
                  "patched exactly, each by itself")
                .atLeast(0)
                .keepingKeys(),
            field(&R::faithfulness, "faithfulness", "--faithfulness",
                  "of eap and eap-ig: the metric with so many of the best edges kept and all "
                  "others corrupted, e.g. 1,2,5,10,all or powers,all (1, 2, 5, 10, … and all)")
                .keepingKeys(),
            field(&R::randomCircuits, "random_circuits", "--random-circuits",
                  "how many random circuits of each size --faithfulness compares with")
                .within(0, 1000)
                .where(circuits, "--faithfulness")
                .keepingKeys(),
            field(&R::circuitSeed, "circuit_seed", "--circuit-seed", "of the random circuits")
                .where(circuits, "--faithfulness")
                .keepingKeys(),
            field(&R::resamples, "bootstrap", "--bootstrap",
                  "resamples of the pairs for the 95 % intervals of their means")
                .within(0, 1'000'000)
                .outsideKeys(),
            field(&R::flips, "flips", "--flips", "sign flips for the p values of the pairs' means")
                .within(0, 1'000'000)
                .outsideKeys(),
            field(&R::seed, "seed", "", "the intervals and p values").seedOfInput().outsideKeys()};
    }

    friend bool operator==(const PatchRequest&, const PatchRequest&) = default;
};

/// How much a computation may hold at once; part of no key, since it changes no number beyond
/// rounding.
struct PatchLimits {
    std::int64_t bytes = usualMemory; ///< beyond the weights
};

} // namespace residuum
