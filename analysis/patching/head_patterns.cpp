#include "analysis/patching/head_patterns.h"

#include "analysis/inputs/batches.h"
#include "analysis/question/component.h"
#include "core/model/doubles.h"
#include "core/model/forward.h"
#include "core/model/kept_hooks.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <ATen/ATen.h>

namespace residuum {

HeadPatterns headPatterns(const Model& model, const PairTokens& pairs, LayerIndex layer,
                          HeadIndex head, const Progress& progress) {
    const auto& config = model.info().config;
    if (layer.value < 0 || layer.value >= config.n_layers || head.value < 0 ||
        head.value >= config.n_heads)
        throw Error(label(Component{ComponentKind::Head, layer, head}),
                    "is no head of " + model.info().name);
    const auto patternOf = [&](const TokenInput& input) {
        const TokenInput first{{input.sequences.at(0)}};
        requireValid(first, config);
        const Hook pattern{HookPoint::Pattern, layer};
        KeptHooks tap({pattern});
        const LogitPositions nowhere = std::vector<std::int64_t>{};
        forward(model.weights(), equalLengthBatches(first, {}).front().tokens, nowhere, &tap,
                progress);
        return toTable(doublesOnCpu(tap.of(pattern).select(0, 0).select(0, head.value)));
    };
    try {
        HeadPatterns patterns{patternOf(pairs.clean), patternOf(pairs.corrupt)};
        model.requireUnchanged();
        return patterns;
    } catch (const c10::Error& error) {
        throw Error(model.info().name, torchProblem(error));
    }
}

} // namespace residuum
