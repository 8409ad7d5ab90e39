// What is asked of a model that goes on writing a prompt. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>

namespace residuum {

struct GenerationRequest {
    int tokens = 50;          ///< at most
    double temperature = 0.0; ///< 0: always the most likely token
    int topK = 0;             ///< 0: of all tokens
    Share topP{};
    std::uint64_t seed = 0; ///< of the draws

    static constexpr auto fields() {
        using R = GenerationRequest;
        constexpr auto isDrawn = [](const R& request) { return request.temperature > 0.0; };
        constexpr std::string_view drawn = "a --temperature above 0";
        return std::tuple{
            field(&R::tokens, "tokens", "--tokens", "how many tokens to write at most")
                .within(1, 100'000),
            field(&R::temperature, "temperature", "--temperature",
                  "what the logits are divided by before a token is drawn; 0: no draw, always the "
                  "most likely token")
                .within(0, 1000),
            field(&R::topK, "top_k", "--top-k", "draw from the K most likely tokens only; 0: all")
                .within(0, std::numeric_limits<std::int32_t>::max())
                .where(isDrawn, drawn),
            field(&R::topP, "top_p", "--top-p",
                  "draw from the fewest tokens that are together as likely as this; above 0, at "
                  "most 1")
                .within(0, 1)
                .where(isDrawn, drawn),
            field(&R::seed, "seed", "", "the draws").seedOfInput().where(isDrawn, drawn)};
    }

    friend bool operator==(const GenerationRequest&, const GenerationRequest&) = default;
};

} // namespace residuum
