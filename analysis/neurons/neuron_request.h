// What is asked of confidence neurons (SCIENCE §4). Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "analysis/question/job.h"
#include "core/index.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace residuum {

enum class Ablation {
    Mean, ///< the activation's mean over all scored tokens of the dataset
    Zero
};
template <>
struct NamesOf<Ablation> {
    static constexpr std::array<std::pair<Ablation, std::string_view>, 2> list{
        {{Ablation::Mean, "mean"}, {Ablation::Zero, "zero"}}};
};

/// What the top neurons are ranked by, largest first.
enum class NeuronRank {
    Score,       ///< norm over LogitVar, from the weights alone
    Norm,        ///< of the output vector
    NullSpace,   ///< null-space fraction
    TotalLoss,   ///< screened mean |Δ loss|, LN recomputed
    TotalEntropy ///< screened mean |Δ entropy|, LN recomputed
};
template <>
struct NamesOf<NeuronRank> {
    static constexpr std::array<std::pair<NeuronRank, std::string_view>, 5> list{
        {{NeuronRank::Score, "score"},
         {NeuronRank::Norm, "norm"},
         {NeuronRank::NullSpace, "null-space"},
         {NeuronRank::TotalLoss, "loss"},
         {NeuronRank::TotalEntropy, "entropy"}}};
};
bool needsScreening(NeuronRank rank);

enum class ChoiceKind { All, Named, Top };

/// Which neurons of a layer.
struct NeuronChoice {
    ChoiceKind kind = ChoiceKind::Top;
    std::vector<NeuronIndex> named{}; ///< with ChoiceKind::Named, in this order
    int top = 50;                     ///< with ChoiceKind::Top

    friend bool operator==(const NeuronChoice&, const NeuronChoice&) = default;
};

/// "all", "584,2123" or "top:50". Throws UsageError naming `option`.
NeuronChoice parseNeuronChoice(const std::string& text, const std::string& option = "--neurons");

template <>
struct Codec<NeuronChoice> : TextMember<Codec<NeuronChoice>, NeuronChoice> {
    static std::string text(const NeuronChoice& choice);
    static NeuronChoice parse(const std::string& text, const Asking& asking, const TokenLookup&) {
        return parseNeuronChoice(text, asking.what);
    }
};

/// "584,2123", each once; nothing for none.
template <>
struct Codec<std::vector<NeuronIndex>>
    : TextMember<Codec<std::vector<NeuronIndex>>, std::vector<NeuronIndex>> {
    static std::string text(const std::vector<NeuronIndex>& neurons);
    static std::vector<NeuronIndex> parse(const std::string& text, const Asking& asking,
                                          const TokenLookup&);
};

/// As many null directions of W_U as SCIENCE §4 has for GPT-2.
inline constexpr int usualNullSpace = 12;
/// Tokens listed per neuron: the ones it is most active on, promotes most, suppresses most.
inline constexpr int listedTokens = 10;

struct NeuronRequest {
    int layer = -1; ///< from the end when negative
    NeuronChoice choice;
    /// Studied one by one like the chosen ones, but no part of what these do together.
    std::vector<NeuronIndex> also;
    NeuronRank by = NeuronRank::Score;
    Ablation ablation = Ablation::Mean;
    int nullSpace = usualNullSpace; ///< k: how many directions count as W_U's null space
    int randomNeurons = 20;         ///< a baseline
    std::uint64_t seed = 0;         ///< of the random neurons
    bool screen = false;   ///< estimate every neuron of the layer, with a bound (last layer only)
    bool perToken = false; ///< keep each chosen neuron's changes at every token

    static constexpr auto fields() {
        using R = NeuronRequest;
        return std::tuple{
            field(&R::layer, "layer", "--layer", "a layer, from the end when negative"),
            field(&R::choice, "neurons", "--neurons", "584,2123, all or top:N")
                .alwaysTold()
                .earlier(3),
            field(&R::also, "also", "--also",
                  "further neurons, no part of means and cumulative ablation")
                .earlier(1),
            field(&R::by, "by", "--by",
                  "what top:N ranks by: score, norm, null-space, loss or entropy")
                .earlier(2),
            field(&R::ablation, "ablation", "--ablation",
                  "mean (over the dataset's scored tokens) or zero"),
            field(&R::nullSpace, "null_space", "--null-space",
                  "how many directions of W_U count as its null space")
                .atLeast(1),
            field(&R::randomNeurons, "random_neurons", "--random-neurons", "as a baseline")
                .atLeast(0),
            field(&R::seed, "seed", "", "the random neurons").seedOfInput(),
            field(&R::screen, "screen", "--screen",
                  "estimate every neuron of the last layer too, with a bound"),
            field(&R::perToken, "per_token", "--per-token", "write every token's change")};
    }

    friend bool operator==(const NeuronRequest&, const NeuronRequest&) = default;
};

/// Whether every neuron's effects are estimated: as asked for, or to rank the neurons.
bool screens(const NeuronRequest& request);
/// The same request without what changes no number: requests that compute the same are equal.
NeuronRequest canonical(NeuronRequest request);

/// How much a computation may hold at once; part of no key, since it changes no number beyond
/// rounding.
struct NeuronLimits {
    std::int64_t bytes = usualMemory; ///< beyond the weights and a few numbers per token
};

} // namespace residuum
