// Which token comes next: the most likely one, or one drawn with noise that is a function of seed,
// step and token. Torch-free but for the logits.
#pragma once

#include "core/index.h"

#include <cstdint>
#include <span>
#include <vector>

namespace at {
class Tensor;
}

namespace residuum {

struct Sampling {
    double temperature = 0.0; ///< logits are divided by it; 0: the most likely token
    int topK = 0;             ///< only of the k most likely tokens; 0: of all
    double topP = 1.0;        ///< only of the fewest that are together at least as likely
    std::uint64_t seed = 0;
};

/// A token and how likely the model itself held it: whatever the sampling, of the distribution at
/// temperature 1 over the whole vocabulary. In nats.
struct ChosenToken {
    TokenId token;
    double logProb = 0.0;
    double entropy = 0.0; ///< of that distribution
};

/// logits: [V], of any dtype and device; the distribution is computed in float64 on the CPU. step:
/// counted from the first token that is generated. Throws Error where a logit is no finite number.
///
/// Drawing: temperature, then topK, then topP of what topK leaves; the largest of
/// logit / temperature + `gumbelNoise` is chosen, which is a draw from the tempered distribution
/// (Gumbel's maximum). Equal logits are taken by the lowest id first, everywhere.
ChosenToken chooseToken(const at::Tensor& logits, const Sampling& sampling, std::int64_t step);

/// The noise of one token at one step, Gumbel distributed. The same for every model, batch and
/// number of threads: two models that hold a token for the best by the same margin choose the same,
/// and differ the more often the more their distributions do. One number per step for a walk along
/// the cumulated probabilities would not do that: a shift of the first token's probability moves
/// all others.
double gumbelNoise(std::uint64_t seed, std::int64_t step, TokenId token);

/// The tokens that topK and topP leave, in any order. `logits` are already divided by the
/// temperature.
std::vector<TokenId> likelyTokens(std::span<const double> logits, int topK, double topP);

} // namespace residuum
