// What is asked of direct logit attribution. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
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

struct TargetChoice {
    TargetRule rule = TargetRule::NextOrArgmax;
    std::optional<TokenId> token{}; ///< with TargetRule::Token

    friend bool operator==(const TargetChoice&, const TargetChoice&) = default;
};

template <>
struct NamesOf<TargetRule> {
    static constexpr std::array<std::pair<TargetRule, std::string_view>, 5> list{{
        {TargetRule::NextOrArgmax, "next-or-argmax"},
        {TargetRule::Next, "next"},
        {TargetRule::Last, "last"},
        {TargetRule::Argmax, "argmax"},
        {TargetRule::Token, "token"},
    }};
};

/// "next", …, or a token. In JSON the rule and, with TargetRule::Token, the member "token".
template <>
struct Codec<TargetChoice> {
    static constexpr bool needsTokens = true;
    static std::vector<std::string> members(const std::string& name) { return {name, "token"}; }
    static std::vector<std::string> choices() { return {}; }
    static Members write(const std::string& name, const TargetChoice& target);
    static TargetChoice read(const MemberNamed& member, const std::string& name,
                             const Asking& asking);
    static std::string text(const TargetChoice& target);
    static TargetChoice parse(const std::string& text, const Asking& asking,
                              const TokenLookup& tokens);
};

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

    static constexpr auto fields() {
        using R = DlaRequest;
        return std::tuple{
            field(&R::target, "target", "--target",
                  "next, last, argmax, a text that is one token, or #id"),
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
