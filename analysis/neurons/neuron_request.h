// What is asked of confidence neurons (SCIENCE §4). Plain data.
#pragma once

#include "core/index.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

enum class Ablation {
    Mean, ///< the activation's mean over all scored tokens of the dataset
    Zero
};
/// "mean", "zero".
std::string name(Ablation ablation);
/// Throws UsageError naming `subject`.
Ablation parseAblation(const std::string& text, const std::string& subject);

/// What the top neurons are ranked by, largest first.
enum class NeuronRank {
    Score,       ///< norm over LogitVar, from the weights alone
    Norm,        ///< of the output vector
    NullSpace,   ///< null-space fraction
    TotalLoss,   ///< screened mean |Δ loss|, LN recomputed
    TotalEntropy ///< screened mean |Δ entropy|, LN recomputed
};
/// "score", "norm", "null-space", "loss", "entropy".
std::string name(NeuronRank rank);
NeuronRank parseNeuronRank(const std::string& text, const std::string& subject);
bool needsScreening(NeuronRank rank);

enum class NeuronChoice { All, Named, Top };

/// As many null directions of W_U as SCIENCE §4 has for GPT-2.
inline constexpr int usualNullSpace = 12;
inline constexpr int usualTopNeurons = 50;
inline constexpr int usualRandomNeurons = 20;
/// Tokens listed per neuron: the ones it is most active on, promotes most, suppresses most.
inline constexpr int listedTokens = 10;

struct NeuronRequest {
    int layer = -1; ///< from the end when negative
    NeuronChoice choice = NeuronChoice::Top;
    std::vector<NeuronIndex> named; ///< with NeuronChoice::Named, in this order
    int top = usualTopNeurons;      ///< with NeuronChoice::Top
    NeuronRank by = NeuronRank::Score;
    /// Studied one by one like the chosen ones, but no part of what these do together.
    std::vector<NeuronIndex> also;
    Ablation ablation = Ablation::Mean;
    int nullSpace = usualNullSpace; ///< k: how many directions count as W_U's null space
    int randomNeurons = usualRandomNeurons;
    std::uint64_t seed = 0; ///< of the random neurons
    bool screen = false;    ///< estimate every neuron of the layer, with a bound (last layer only)
    bool perToken = false;  ///< keep each chosen neuron's changes at every token

    friend bool operator==(const NeuronRequest&, const NeuronRequest&) = default;
};

/// "all", "584,2123" or "top:50". Throws UsageError naming --neurons.
void parseNeuronChoice(const std::string& text, NeuronRequest& request);
/// The inverse.
std::string neuronChoiceText(const NeuronRequest& request);
/// "584,2123", each once. Throws UsageError naming `option`.
std::vector<NeuronIndex> parseNeurons(const std::string& text, const std::string& option);
/// The inverse.
std::string neuronsText(const std::vector<NeuronIndex>& neurons);

/// Whether every neuron's effects are estimated: as asked for, or to rank the neurons.
bool screens(const NeuronRequest& request);
/// The same request without what changes no number: requests that compute the same are equal.
NeuronRequest canonical(NeuronRequest request);

/// How much a computation may hold at once; part of no key, since it changes no number beyond
/// rounding.
struct NeuronLimits {
    std::int64_t bytes = std::int64_t{1} << 30; ///< beyond the weights and a few numbers per token
};

} // namespace residuum
