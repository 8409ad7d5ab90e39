#include "analysis/neurons/neuron_words.h"

namespace residuum {

Treatment treatmentOf(const NeuronResult& result) {
    Treatment treatment;
    treatment.add(result.model.normalization, result.layer.value);
    return treatment;
}

std::string whyNoBound(const Normalization& model, bool isLastLayer) {
    if (!rowDivisor(model.ln_f))
        return "its final site, " + siteText(model.ln_f) +
               ", has a gate per feature, so that a neuron has no fixed direction in the logits";
    return isLastLayer ? "" : "only neurons of the last layer have a fixed direction in the logits";
}

} // namespace residuum
