// The lens written a second time, in loops over doubles: slow and obvious.
#pragma once

#include "analysis/lens/lens_analysis.h"
#include "support/norm_goldens.h"
#include "support/synthetic_model.h"

#include <vector>

namespace at {
class Tensor;
}

namespace residuum::test {

using Numbers = std::vector<double>;

Numbers numbersOf(const at::Tensor& tensor);

/// Row `row` of a [rows, width] array.
Numbers rowOf(const Numbers& all, std::size_t row, std::size_t width);

/// The residual stream at every point and the model's own logits, of one sequence.
struct PlainStreams {
    PlainStreams(const Model& model, const std::vector<TokenId>& tokens);

    std::vector<std::vector<Numbers>> points; ///< [point][pos][d]
    std::vector<Numbers> logits;              ///< [pos][V]
};

/// ln_f's output for x, with what it multiplies `gateOf` by.
Numbers plainNorm(const Model& model, const Numbers& x, const Numbers& gateOf);
Numbers plainLogits(const Model& model, const Numbers& norm);

/// What there is to say of one row of logits.
struct PlainReading {
    explicit PlainReading(Numbers of);
    double rank(std::size_t token) const;

    Numbers logits;
    double normaliser = 0.0, entropy = 0.0;
    std::vector<std::size_t> order; ///< likeliest first
};

std::shared_ptr<const Model> openAt(const std::filesystem::path& folder,
                                    DType dtype = DType::Float64);
PromptInput promptsOf(const std::vector<std::vector<int>>& prompts);
std::shared_ptr<const LensResult> readLensOf(const Model& model, const PromptInput& input,
                                             const LensRequest& request);

} // namespace residuum::test
