// One row of activations times a weight matrix: all that it costs is to read the weights once.
// Torch-free; what generation spends its time in.
#pragma once

#include <cstdint>

namespace residuum {

/// out[c] = bias[c] + Σ x[i] · (weight of input i and output c), for `outputs` columns.
template <class Number>
struct RowProduct {
    const Number* x = nullptr; ///< [inputs]
    const Number* W = nullptr;
    std::int64_t stride = 0;      ///< numbers between rows of W
    const Number* bias = nullptr; ///< [outputs]; null: none
    Number* out = nullptr;        ///< [outputs]
    std::int64_t inputs = 0, outputs = 0;
};

template <class Number>
using RowKernel = void (*)(const RowProduct<Number>&);

/// Which way W's numbers follow each other.
enum class RowLayout {
    Outputs, ///< a row of W has all outputs of one input: [inputs, outputs]
    Inputs   ///< a row of W has all inputs of one output: [outputs, inputs]
};

/// The fastest that this processor can run. Number: float or double. A column's sum is the same
/// whichever columns are asked for beside it.
template <class Number>
RowKernel<Number> rowKernel(RowLayout layout);

} // namespace residuum
