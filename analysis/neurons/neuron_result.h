// What neurons of one layer do to loss and entropy. Plain data, immutable once made.
//
// Shapes: M = d_mlp, C = neurons studied one by one, K = null-space dimensions kept, T = scored
// tokens (every position but a sequence's last, sample-major).
#pragma once

#include "analysis/neurons/neuron_request.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model_info.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// The four changes, ablated minus original, in nats. Total: LN recomputed. Frozen: the final
/// site's gate (one over ln_final.hook_scale) held at its unablated value.
enum class Effect { TotalLoss, TotalEntropy, FrozenLoss, FrozenEntropy };
inline constexpr int effectCount = 4;
/// "total_loss", …: as the datasets are called.
const char* name(Effect effect);

/// Levels of the quantiles kept of every neuron's |change| per token.
inline constexpr std::array<double, 7> quantileLevels{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
/// Quantiles come from a histogram with this many bins per decade: they are good to 1.2 %.
inline constexpr int quantileBinsPerDecade = 100;

/// From the weights alone, for all M neurons (SCIENCE §4).
struct NeuronWeights {
    std::vector<double> norm;     ///< [M] ‖w_n‖, w_n centred over d_model where ln_f centres
    std::vector<double> logitVar; ///< [M]; NaN where the norm is 0
    /// [M, K] null-space fraction ρ_k for k = 1 … K. Where W_U has more than k null directions (a
    /// vocabulary smaller than d_model), which k of them come first is arbitrary.
    Table nullCurve;
    std::vector<double> singular; ///< [d_model] of the folded W_U, centred likewise, descending

    /// norm / LogitVar; 0 where the norm is 0.
    double score(std::size_t neuron) const;
    /// ρ_k; k is cut to 1 … K.
    double nullFraction(std::size_t neuron, int k) const;
};

/// mlp.hook_post of all M neurons over the scored tokens.
struct NeuronActivations {
    std::vector<double> mean, deviation, least, most, positive; ///< [M]; positive: fraction > 0
    /// [M, listedTokens] places in `tokens` with the largest activations, -1 where there are fewer.
    Table topToken, topActivation;
};

struct ScoredToken {
    int sample = 0;
    PositionIndex position;
    double loss = 0.0, entropy = 0.0; ///< unablated, nats
};

/// Exact effects of some neurons.
struct NeuronEffects {
    std::vector<NeuronIndex> neurons;
    Table mean, meanAbs;                     ///< [neuron, effect]
    std::array<Table, effectCount> quantile; ///< of |change|, [neuron, quantileLevels]
    /// Of |changes| of all the neurons together (but `also`), [effect, quantileLevels].
    Table pooledQuantile;

    /// 1 - mean|frozen| / mean|total|; NaN where nothing changes at all.
    double lnMediated(std::size_t neuron, bool entropy) const;
};

/// Ablating the first 1, 2, … neurons of a list together.
struct CumulativeEffects {
    std::vector<int> counts;
    Table mean, meanAbs; ///< [count, effect]
};

/// Estimates for all M neurons: the true mean of |change| is within `bound` of meanAbs, and the
/// true mean within `bound` of mean.
struct NeuronScreening {
    Table mean, meanAbs, bound; ///< [M, effect]
};

/// What the chosen neurons' output vectors write to the logits (at a gate of 1), the extremes.
struct WrittenTokens {
    Table promoted, promotedBy;     ///< [C, listedTokens] ids and logits per unit of activation
    Table suppressed, suppressedBy; ///< the most negative ones
};

struct NeuronResult {
    ModelInfo model;
    NeuronRequest request;
    LayerIndex layer;
    NeuronWeights weights;
    NeuronActivations activations;
    std::vector<ScoredToken> tokens;
    NeuronEffects chosen;       ///< the chosen neurons, then the request's `also`
    std::size_t chosenOnes = 0; ///< how many of them are not `also`
    NeuronEffects random;
    std::array<Table, effectCount> perToken; ///< [C, T] of `chosen`; empty unless asked for
    /// mlp.hook_post of `chosen` at all positions, a sequence's last included: [C, S · W] with S
    /// sequences and the longest of W tokens; NaN where there is no token, and in sequences of one
    /// token. Empty unless asked for, as perToken.
    Table activation;
    CumulativeEffects cumulative, cumulativeRandom;
    std::optional<NeuronScreening> screening;
    WrittenTokens written;
};

/// The request that studies the same neurons in another model, and `also` where they are not among
/// them.
NeuronRequest followedRequest(const NeuronResult& result,
                              const std::vector<NeuronIndex>& also = {});

/// `main`, whose request has no `also`, with neurons that other results of the same model, input
/// and settings have studied, as if it had been asked for them; nothing kept per token. Each of
/// `also` must be in one of `others`.
std::shared_ptr<const NeuronResult>
withAlso(const NeuronResult& main, const std::vector<std::shared_ptr<const NeuronResult>>& others,
         const std::vector<NeuronIndex>& also);

} // namespace residuum
