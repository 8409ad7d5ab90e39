#include "analysis/lens/jacobian.h"

#include "core/model/backward.h"
#include "core/model/doubles.h"
#include "core/model/row_index.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Copies of a sequence that go back at once, one per row of J.
std::int64_t rowsAtOnce(const ModelConfig& config, std::int64_t length, std::int64_t memory) {
    const auto numbers = length * config.n_layers * (7 * config.d_model + config.d_mlp);
    return std::clamp<std::int64_t>(memory / (8 * numbers), 1, std::min(config.d_model, 64));
}

/// Adds one sequence's part to all of them.
void addSequence(std::vector<at::Tensor>& sums, const Weights& weights,
                 const std::vector<TokenId>& sequence, std::int64_t memory, Progress& progress) {
    std::vector<std::int64_t> ids;
    for (const auto token : sequence)
        ids.push_back(token.value);
    const auto length = static_cast<std::int64_t>(ids.size()),
               d = std::int64_t{weights.config.d_model};
    const auto step = rowsAtOnce(weights.config, length, memory);
    const auto sources = jacobianSources(length);
    const auto run =
        runTokens(weights, rowIndex(ids, weights.W_E).expand({step, length}).contiguous(),
                  Kept::ForBackward, progress);
    for (std::int64_t first = 0; first < d; first += step) {
        const auto count = std::min(step, d - first);
        auto gradient = at::zeros({step, length, d}, run.residFinal.options());
        for (std::int64_t row = 0; row < count; ++row)
            gradient[row].select(1, first + row).fill_(1.0); // summed over what t can reach
        for (auto l = weights.blocks.size(); l-- > 1;) {
            gradient = blockBackward(weights.blocks[l], run.layers[l], gradient,
                                     weights.config.activation, {}, progress)
                           .residPre;
            sums[l - 1]
                .narrow(0, first, count)
                .add_(inDouble(gradient.narrow(0, 0, count)
                                   .narrow(1, sources.first, sources.last - sources.first))
                          .mean(1));
            progress.advance(count);
        }
    }
}

} // namespace

JacobianSources jacobianSources(std::int64_t length) {
    return {length > 17 ? 16 : length / 4, length - 1};
}

std::vector<at::Tensor> jacobians(const Weights& weights, const TokenInput& input,
                                  std::int64_t memory, Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto d = std::int64_t{weights.config.d_model};
    const auto options = whereDoublesAre(weights.W_E).options().dtype(at::kDouble);
    std::vector<at::Tensor> sums;
    for (std::size_t l = 0; l + 1 < weights.blocks.size(); ++l)
        sums.push_back(at::zeros({d, d}, options));
    for (const auto& sequence : input.sequences)
        addSequence(sums, weights, sequence.tokens, memory, progress);
    for (auto& sum : sums)
        sum.div_(static_cast<double>(input.sequences.size()));
    sums.push_back(at::eye(d, options));
    return sums;
}

} // namespace residuum
