// Dropout with noise that is a function of what it is for (Philox keyed by seed, step, micro-batch,
// site, row and column): the same forward, backward and recomputed, on any device and number of
// threads, with nothing kept.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace residuum {

/// The noise of one micro-batch. share 0: nothing is dropped.
struct Dropout {
    double share = 0.0;
    std::uint64_t seed = 0;
    std::int64_t step = 0, microBatch = 0; ///< below 2³² and 2¹⁶
};

/// Its part for one place of the model.
struct DropoutAt {
    Dropout noise;
    int site = 0;

    bool active() const { return noise.share > 0.0; }
};

inline DropoutAt embeddingDropout(const Dropout& noise) {
    return {noise, 0};
}
/// Those of a block: attention's probabilities, and what attention and MLP add to the stream.
struct LayerDropout {
    Dropout noise;
    int layer = 0;

    DropoutAt attention() const { return {noise, 3 * layer + 1}; }
    DropoutAt attnOut() const { return {noise, 3 * layer + 2}; }
    DropoutAt mlpOut() const { return {noise, 3 * layer + 3}; }
};

/// t: [..., R, C], contiguous, written to: each number becomes 0 with the probability `share`, else
/// itself / (1 - share). The noise's rows are numbered firstRow + rowsPerGroup · (leading index) +
/// row; rowsPerGroup 0: R. Its own derivative: a gradient goes back through the same call.
void dropOut(const at::Tensor& t, const DropoutAt& at, std::int64_t firstRow = 0,
             std::int64_t rowsPerGroup = 0);
/// A copy of `t` so treated; `t` itself where nothing is dropped.
at::Tensor dropped(const at::Tensor& t, const DropoutAt& at);

} // namespace residuum
