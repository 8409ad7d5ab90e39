// Which token a question is about, as its text or its rule.
#pragma once

#include "analysis/question/codec.h"
#include "core/index.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace residuum {

/// Which token's logit is attributed (SCIENCE §2, "Target token").
enum class TargetRule {
    NextOrArgmax, ///< the following token where there is one, else the model's top prediction
    Next,         ///< the following token of the sequence; an error where there is none
    Last,         ///< the sequence's own token at the position (the paper's code)
    Argmax,       ///< the model's own top prediction at the position
    Token,        ///< a given token
    Correct       ///< each prompt's own correct answer, versus its own incorrect one
};

struct TargetChoice {
    TargetRule rule = TargetRule::NextOrArgmax;
    std::optional<TokenId> token{}; ///< with TargetRule::Token

    friend bool operator==(const TargetChoice&, const TargetChoice&) = default;
};

template <>
struct NamesOf<TargetRule> {
    static constexpr std::array<std::pair<TargetRule, std::string_view>, 6> list{{
        {TargetRule::NextOrArgmax, "next-or-argmax"},
        {TargetRule::Next, "next"},
        {TargetRule::Last, "last"},
        {TargetRule::Argmax, "argmax"},
        {TargetRule::Token, "token"},
        {TargetRule::Correct, "correct"},
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

} // namespace residuum
