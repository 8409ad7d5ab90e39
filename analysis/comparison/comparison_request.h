// What is asked of models that are compared. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"

#include <cstdint>
#include <tuple>

namespace residuum {

struct ComparisonRequest {
    bool layers = false;    ///< what the residual stream is like beside its norm
    bool attention = false; ///< what heads attend to
    int bootstrap = 1000;   ///< of sequences, for the means' intervals; 0: none
    std::uint64_t seed = 0; ///< of the bootstrap

    static constexpr auto fields() {
        using R = ComparisonRequest;
        return std::tuple{
            field(&R::layers, "layers", "--layers",
                  "also the residual stream's kurtosis, max/median ratio, growth, cosine, signal "
                  "propagation and massive activations"),
            field(&R::attention, "attention", "--attention",
                  "also the heads' sinks, entropy, previous-token, self, induction and duplicate "
                  "scores"),
            field(&R::bootstrap, "bootstrap", "--bootstrap",
                  "resamples of the sequences for the intervals of means; 0: none")
                .within(0, 1'000'000),
            field(&R::seed, "seed", "", "the bootstrap")
                .seedOfInput()
                .where([](const R& request) { return request.bootstrap > 0; },
                       "a --bootstrap above 0")};
    }

    friend bool operator==(const ComparisonRequest&, const ComparisonRequest&) = default;
};

/// What the window's panel asks, of a prompt: everything unless it is turned off.
struct ComparisonSettings : ComparisonRequest {
    ComparisonSettings() { layers = attention = true; }

    static constexpr auto fields() {
        using S = ComparisonSettings;
        using R = ComparisonRequest;
        return std::tuple{inherited<S, R, "layers">(), inherited<S, R, "attention">()};
    }

    friend bool operator==(const ComparisonSettings&, const ComparisonSettings&) = default;
};

} // namespace residuum
