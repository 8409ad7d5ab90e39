// What is asked of a lens: what the model would say if it ended at each point of its residual
// stream. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "core/index.h"

#include <string_view>
#include <tuple>
#include <vector>

namespace residuum {

/// Tokens whose logits are followed from point to point; none: the model's own top prediction at
/// the end, of each position.
struct TrackedTokens {
    std::vector<TokenId> ids;

    friend bool operator==(const TrackedTokens&, const TrackedTokens&) = default;
};

/// A list of tokens, each a text or #id; in JSON of "#id". A comma is named by its id.
template <>
struct Codec<TrackedTokens> : OneMember<Codec<TrackedTokens>, TrackedTokens> {
    static constexpr bool needsTokens = true;
    static Stored stored(const TrackedTokens& tokens);
    static TrackedTokens of(const Stored& value, const Asking& asking);
    static std::string text(const TrackedTokens& tokens);
    static TrackedTokens parse(const std::string& text, const Asking& asking,
                               const TokenLookup& tokens);
};

struct LensRequest {
    PositionChoice position;
    TrackedTokens track;
    int top = 10; ///< likeliest tokens of every point
    bool frozen = false;
    bool components = false;
    bool jacobian = false;

    static constexpr auto fields() {
        using R = LensRequest;
        return std::tuple{
            field(&R::position, "position", "--position",
                  "a position, from the end when negative, or all"),
            field(&R::track, "track", "--track",
                  "tokens to follow from point to point, each a text or #id, separated by commas "
                  "(default: the model's own top prediction at the end)"),
            field(&R::top, "top", "--top", "how many of the likeliest tokens to name at each point")
                .within(1, 1'000'000),
            field(&R::frozen, "frozen", "--frozen",
                  "divide by what ln_f divides the last point by at the same position, instead of "
                  "what it would divide each point by (LN frozen)"),
            field(&R::components, "components", "--components",
                  "split the tracked tokens' lens logits into what heads, MLPs and biases add; "
                  "where the lens is affine: ln_f removed, or --frozen"),
            field(&R::jacobian, "jacobian", "--jacobian",
                  "beside it the Jacobian lens: each layer's output as the layers behind it change "
                  "it in the mean over the input; a backward pass per feature and sequence")};
    }

    friend bool operator==(const LensRequest&, const LensRequest&) = default;
};

} // namespace residuum
