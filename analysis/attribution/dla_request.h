// What is asked of direct logit attribution. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "analysis/question/target_choice.h"
#include "core/index.h"

#include <cstdint>
#include <optional>
#include <tuple>

namespace residuum {

/// As many as the window shows; results of the command line carry them too, so that both share one
/// cache.
inline constexpr int usualPredictions = 10;

struct DlaRequest {
    TargetChoice target;
    std::optional<TokenId> versus; ///< attribute logit[target] - logit[versus]
    PositionChoice position;
    bool neurons = false;                  ///< split the MLPs per neuron too; at one position
    bool centerUnembed = true;             ///< attribute the logit minus the position's mean logit
    int bootstrapResamples = 1000;         ///< of heads and samples, for NMAE's interval; 0: none
    std::uint64_t seed = 0;                ///< of the bootstrap
    int topPredictions = usualPredictions; ///< of the model's own, reported per row

    /// What is asked about a prompt in the window: at all positions, of the model's own top
    /// prediction without a target.
    static DlaRequest ofPrompt(std::optional<TokenId> target, std::optional<TokenId> versus);
    /// What is asked about a set of pairs: at the end of each clean prompt, of its own answers.
    static DlaRequest ofSet(std::uint64_t seed);

    static constexpr auto fields() {
        using R = DlaRequest;
        return std::tuple{
            field(&R::target, "target", "--target",
                  "next, last, argmax, a text that is one token, #id, or correct: each pair's own "
                  "answers"),
            field(&R::versus, "versus", "--versus", "attribute the logit difference to this token"),
            field(&R::position, "position", "--position",
                  "a position, from the end when negative, or all"),
            field(&R::neurons, "neurons", "--neurons", "split the MLPs per neuron too")
                .addedLater(),
            field(&R::centerUnembed, "center_unembed", "--no-center-unembed",
                  "attribute the logit itself instead of the logit minus the mean logit")
                .addedLater(),
            field(&R::bootstrapResamples, "bootstrap", "--bootstrap",
                  "resamples for NMAE's 95 % interval")
                .within(0, 1'000'000)
                .addedLater(),
            field(&R::seed, "seed", "", "the bootstrap").seedOfInput().addedLater(),
            field(&R::topPredictions, "predictions").within(0, 1 << 20).addedLater()};
    }

    friend bool operator==(const DlaRequest&, const DlaRequest&) = default;
};

} // namespace residuum
