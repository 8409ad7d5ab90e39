// What the panel of confidence neurons has set, in a session.
#pragma once

#include "analysis/neurons/neuron_request.h"
#include "analysis/question/session.h"

#include <optional>
#include <string>
#include <tuple>

namespace residuum {

/// Without a dataset: over the session's prompt.
struct NeuronSettings {
    int layer = -1;
    int top = 12;
    NeuronRank by = NeuronRank::Score;
    std::string chosenOn; ///< the model that chooses, as it was named; none of them: the first
    Ablation ablation = Ablation::Mean;
    int nullSpace = usualNullSpace;
    bool screen = false;
    bool entropy = true;           ///< shown, else loss
    bool againstNullSpace = false; ///< what the norm is drawn against, else LogitVar
    std::optional<DatasetRequest> dataset;

    static constexpr auto fields() {
        using S = NeuronSettings;
        return std::tuple{field(&S::layer, "layer"),
                          field(&S::top, "top").atLeast(1),
                          field(&S::by, "by"),
                          field(&S::chosenOn, "chosen_on"),
                          field(&S::ablation, "ablation"),
                          field(&S::nullSpace, "null_space").atLeast(1),
                          field(&S::screen, "screen"),
                          field(&S::entropy, "entropy"),
                          field(&S::againstNullSpace, "against_null_space"),
                          field(&S::dataset, "input")};
    }

    friend bool operator==(const NeuronSettings&, const NeuronSettings&) = default;
};

/// What they ask of the model that chooses.
NeuronRequest neuronRequest(const NeuronSettings& settings);

} // namespace residuum
