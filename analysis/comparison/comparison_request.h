// What is asked of models that are compared. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "analysis/question/session.h"

#include <cstdint>
#include <optional>
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

/// What the window's panel asks: everything unless it is turned off. Without a dataset: of the
/// prompt.
struct ComparisonSettings : ComparisonRequest {
    std::optional<DatasetRequest> dataset;

    ComparisonSettings() { layers = attention = true; }

    /// On the command line there is one seed, of the sample and of the bootstrap.
    ComparisonRequest request() const {
        ComparisonRequest asked = *this;
        if (dataset && dataset->seed)
            asked.seed = *dataset->seed;
        return asked;
    }

    static constexpr auto fields() {
        using S = ComparisonSettings;
        using R = ComparisonRequest;
        return std::tuple{inherited<S, R, "layers">(), inherited<S, R, "attention">(),
                          field(&S::dataset, "input").keepingKeys()};
    }

    friend bool operator==(const ComparisonSettings&, const ComparisonSettings&) = default;
};

} // namespace residuum
