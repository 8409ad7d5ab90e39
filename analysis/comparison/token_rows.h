// What models say at some rows of logits, and how far they are apart there.
//
// Shapes: R = rows, V = d_vocab.
#pragma once

#include "analysis/comparison/token_kernel.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

struct TokenRow : RowNumbers {
    double labelLogit = 0.0;
};

class TokenRows {
  public:
    /// logits: [R, V] of any type and device. labels: [R]; negative: there is none.
    TokenRows(const at::Tensor& logits, const std::vector<std::int64_t>& labels);

    std::int64_t count() const { return logits_.size(0); }
    const TokenRow& row(std::int64_t r) const { return rows_[static_cast<std::size_t>(r)]; }
    /// [R, V], contiguous: where they were on the CPU in float32 at least, elsewhere float64.
    const at::Tensor& logits() const { return logits_; }

  private:
    at::Tensor logits_;
    std::vector<TokenRow> rows_;
};

/// [R], of the same rows in two models.
std::vector<RowDistance> distancesOf(const TokenRows& a, const TokenRows& b);

} // namespace residuum
