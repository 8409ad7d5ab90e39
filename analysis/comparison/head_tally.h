// What heads attend to, query by query as batches go by (SCIENCE §5).
//
// Shapes: B = batch, T = pos, H = n_heads, L = n_layers.
#pragma once

#include "analysis/comparison/comparison_result.h"
#include "core/checkpoint/config.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

inline constexpr double sinkAbove = 0.3; ///< attention to position 0

class HeadTally {
  public:
    explicit HeadTally(const ModelConfig& config);
    /// tokens: [B, T] int64, whose patterns follow.
    void begin(const at::Tensor& tokens);
    /// pattern: [B, H, query, key].
    void add(int layer, const at::Tensor& pattern);
    void finish(ComparisonResult& result) const;

  private:
    /// Of a head, over queries, by HeadScore.
    using Sums = std::array<double, headScoreNames.size()>;

    template <class Number>
    void addHead(Sums& sums, const Number* pattern, std::size_t sequence) const;

    std::vector<std::vector<Sums>> sums_; ///< [L][H]
    double queries_ = 0.0, later_ = 0.0;  ///< all, and those after query 0
    double repeated_ = 0.0;               ///< whose token occurred before
    std::int64_t length_ = 0;
    /// Of each sequence of the batch, query by query: earlier places of the query's token.
    std::vector<std::vector<std::vector<std::int64_t>>> earlier_;
};

} // namespace residuum
