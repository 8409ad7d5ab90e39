// What is asked of direct logit attribution. Plain data.
#pragma once

#include "core/index.h"

#include <cstdint>
#include <optional>

namespace residuum {

/// Which token's logit is attributed (SCIENCE §2, "Target token").
enum class TargetRule {
    NextOrArgmax, ///< the following token where there is one, else the model's top prediction
    Next,         ///< the following token of the sequence; an error where there is none
    Last,         ///< the sequence's own token at the position (the paper's code)
    Argmax,       ///< the model's own top prediction at the position
    Token         ///< a given token
};

/// As many as the window shows; results of the command line carry them too, so that both share one
/// cache.
inline constexpr int usualPredictions = 10;

struct DlaRequest {
    TargetRule target = TargetRule::Argmax;
    std::optional<TokenId> token;  ///< with TargetRule::Token
    std::optional<TokenId> versus; ///< attribute logit[target] - logit[versus]
    bool allPositions = false;     ///< else `position` of every sequence
    int position = -1;             ///< from 0, or from the end when negative
    bool neurons = false;          ///< split the MLPs per neuron too
    bool centerUnembed = true;     ///< attribute the logit minus the position's mean logit
    int bootstrapResamples = 1000; ///< of heads and samples, for NMAE's interval; 0: none
    std::uint64_t seed = 0;        ///< of the bootstrap
    int topPredictions = 0;        ///< how many of the model's own predictions to report per row

    friend bool operator==(const DlaRequest&, const DlaRequest&) = default;
};

} // namespace residuum
