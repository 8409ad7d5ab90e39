// What the residual stream is like, token by token as batches go by (SCIENCE §5).
//
// Shapes: B = batch, T = pos, d = d_model, L = n_layers.
#pragma once

#include "analysis/comparison/comparison_result.h"
#include "core/checkpoint/config.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace residuum {

class StreamTally {
  public:
    enum class Kind { Pre, Mid };

    /// `scores`: more than norms is wanted. `width`: the longest sequence.
    StreamTally(const ModelConfig& config, bool scores, int width);
    /// Points come layer by layer, all of a batch before those of the next. resid: [B, T, d];
    /// layer: of Kind::Pre up to L, the final stream.
    void add(Kind kind, int layer, const at::Tensor& resid);
    void finish(ComparisonResult& result) const;

  private:
    /// Sums over the tokens at position 0, or over the rest, of one point.
    struct Group {
        double tokens = 0.0, maxMedian = 0.0, growth = 0.0, cosine = 0.0, squares = 0.0;
        std::vector<double> sum;            ///< [d] of the tokens
        std::vector<double> centredSquares; ///< [d] of the tokens, each centred over d
    };
    using Point = std::array<Group, 2>;
    struct Sums;
    /// What is kept of a point for the one a layer behind it.
    struct Before {
        at::Tensor x;              ///< [B, T, d] float64
        std::vector<double> norms; ///< [B · T]
    };

    std::vector<double> addScores(Kind kind, int layer, const at::Tensor& x);
    void addTokens(Sums& sums, const double* x, const Before* before, std::int64_t length,
                   std::int64_t first, std::int64_t last, std::vector<double>& norms) const;
    void addSums(Kind kind, int layer, const Sums& sums);
    StreamScores scoresOf(const std::vector<Point>& points) const;

    bool scores_;
    int features_;
    Table norms_;                   ///< [L + 1, pos], sums
    std::vector<double> sequences_; ///< [pos] that are as long
    std::vector<Point> pre_, mid_;
    Before beforePre_, beforeMid_;                        ///< the point of a layer before
    std::map<std::tuple<int, int, int>, double> massive_; ///< by layer, position, feature
};

} // namespace residuum
