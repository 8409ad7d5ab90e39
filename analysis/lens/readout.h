// What streams say of the vocabulary: rows of ln_f's output times the unembedding, read tile by
// tile while a tile's logits lie in the processor's cache. The logits of all rows exist nowhere.
//
// Shapes: n = rows, d = d_model, V = d_vocab.
#pragma once

#include "core/index.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

struct Weights;

/// Of every row, in nats where not said otherwise.
struct Readout {
    std::vector<double>
        normaliser;              ///< [n], log Σ exp of the logits; not finite where a logit is not
    std::vector<double> entropy; ///< [n]
    std::vector<double> logit;   ///< [track · n + row], of the tracked tokens
    std::vector<double> rank;    ///< [track · n + row], how many logits are strictly larger
    std::vector<TokenId> top;    ///< [place · n + row], best first; of equal ones the lowest id
    std::vector<double> topLogit; ///< [place · n + row]
    std::vector<double> farthest; ///< [n], largest |logit - own|; empty unless own was given
};

struct ReadoutWish {
    std::vector<std::int64_t> tracked; ///< [track · n + row] token ids, below V
    std::int64_t top = 0;              ///< at most V
    at::Tensor own{};                  ///< [n, V], what logits are compared with; may be undefined
};

/// norm: [n, d], finite. Products are in float32 at least; sums over the vocabulary end in float64
/// and do not depend on the number of threads. Polls `progress` between blocks of rows; advances it
/// by one per row. Throws Cancelled.
Readout readVocabulary(const Weights& weights, const at::Tensor& norm, const ReadoutWish& wish,
                       Progress& progress);

/// The same by tensor operations on whole rows of logits, some rows at a time: for devices whose
/// memory the loops above do not reach.
Readout readByTensors(const Weights& weights, const at::Tensor& norm, const ReadoutWish& wish,
                      Progress& progress);

} // namespace residuum
