#include "analysis/question/target_choice.h"

#include "core/task/error.h"

namespace residuum {

using Tokens = Codec<std::optional<TokenId>>;

Members Codec<TargetChoice>::write(const std::string& member, const TargetChoice& target) {
    auto members = Tokens::write("token", target.token);
    members.insert(members.begin(), {member, name(target.rule)});
    return members;
}

TargetChoice Codec<TargetChoice>::read(const MemberNamed& member, const std::string& name,
                                       const Asking& asking) {
    TargetChoice target{
        parseName<TargetRule>(textOf(required(member, name, asking), asking), asking.what),
        Tokens::read(member, "token", asking)};
    if ((target.rule == TargetRule::Token) != target.token.has_value())
        throw UsageError(asking.what, "must name a token where its rule is token, and only there");
    return target;
}

std::string Codec<TargetChoice>::text(const TargetChoice& target) {
    return target.token ? Tokens::text(target.token) : name(target.rule);
}

TargetChoice Codec<TargetChoice>::parse(const std::string& text, const Asking& asking,
                                        const TokenLookup& tokens) {
    for (const auto& [rule, known] : NamesOf<TargetRule>::list)
        if (text == known && rule != TargetRule::Token)
            return {rule};
    return {TargetRule::Token, Tokens::parse(text, asking, tokens)};
}

} // namespace residuum
