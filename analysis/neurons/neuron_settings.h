// What the panel of confidence neurons has set, in a session.
#pragma once

#include "analysis/neurons/neuron_request.h"
#include "analysis/question/session.h"

#include <optional>
#include <string>
#include <tuple>

namespace residuum {

/// What is asked, of which a session keeps what the panel sets, and how it is shown. Without a
/// dataset: over the session's prompt.
struct NeuronSettings : NeuronRequest {
    int top = 12;         ///< how many are chosen
    std::string chosenOn; ///< the model that chooses, as it was named; none of them: the first
    bool entropy = true;  ///< shown, else loss
    bool againstNullSpace = false; ///< what the norm is drawn against, else LogitVar
    bool allNeurons = false;       ///< boxes of all that are chosen, however thin
    std::optional<DatasetRequest> dataset;

    static constexpr auto fields() {
        using S = NeuronSettings;
        using R = NeuronRequest;
        return std::tuple{inherited<S, R, "layer">(),
                          field(&S::top, "top").atLeast(1),
                          inherited<S, R, "by">(),
                          field(&S::chosenOn, "chosen_on"),
                          inherited<S, R, "ablation">(),
                          inherited<S, R, "null_space">(),
                          inherited<S, R, "screen">(),
                          field(&S::entropy, "entropy"),
                          field(&S::againstNullSpace, "against_null_space"),
                          field(&S::allNeurons, "all_neurons").keepingKeys(),
                          field(&S::dataset, "input")};
    }

    friend bool operator==(const NeuronSettings&, const NeuronSettings&) = default;
};

/// What they ask of the model that chooses.
NeuronRequest neuronRequest(const NeuronSettings& settings);

} // namespace residuum
