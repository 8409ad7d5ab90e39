#include "analysis/neurons/stored_precision.h"

#include "analysis/results/result_file.h"

#include <algorithm>

namespace residuum {

void roundAsStored(NeuronResult& r) {
    const auto number = [&](double& value) { value = asStored(value, r.model.numeric); };
    const auto list = [&](std::vector<double>& values) {
        std::for_each(values.begin(), values.end(), number);
    };
    const auto table = [&](Table& values) {
        std::for_each(values.data(), values.data() + values.size(), number);
    };
    for (auto* values : {&r.weights.norm, &r.weights.logitVar, &r.weights.singular,
                         &r.activations.mean, &r.activations.deviation, &r.activations.least,
                         &r.activations.most, &r.activations.positive})
        list(*values);
    for (auto* values :
         {&r.weights.nullCurve, &r.activations.topActivation, &r.activation, &r.written.promotedBy,
          &r.written.suppressedBy, &r.cumulative.mean, &r.cumulative.meanAbs,
          &r.cumulativeRandom.mean, &r.cumulativeRandom.meanAbs})
        table(*values);
    for (auto* effects : {&r.chosen, &r.random}) {
        table(effects->mean);
        table(effects->meanAbs);
        table(effects->pooledQuantile);
        std::for_each(effects->quantile.begin(), effects->quantile.end(), table);
    }
    std::for_each(r.perToken.begin(), r.perToken.end(), table);
    if (r.screening)
        for (auto* values : {&r.screening->mean, &r.screening->meanAbs, &r.screening->bound})
            table(*values);
    for (auto& token : r.tokens) {
        number(token.loss);
        number(token.entropy);
    }
}

} // namespace residuum
