// What the residual stream is like, token by token as batches go by (SCIENCE §5).
//
// Shapes: B = batch, T = pos, d = d_model, L = n_layers.
#pragma once

#include "analysis/comparison/comparison_result.h"
#include "core/checkpoint/config.h"

#include <ATen/core/Tensor.h>

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
        at::Tensor sum;            ///< [d] of the tokens
        at::Tensor centredSquares; ///< [d] of the tokens, each centred over d
    };
    using Point = std::array<Group, 2>;
    struct Numbers;

    void addScores(Kind kind, int layer, const at::Tensor& x, const at::Tensor& norms);
    void addGroup(Group& group, const Numbers& numbers) const;
    void listMassive(int layer, const at::Tensor& x, const std::vector<double>& medians);
    StreamScores scoresOf(const std::vector<Point>& points) const;

    bool scores_;
    int features_;
    Table norms_;                   ///< [L + 1, pos], sums
    std::vector<double> sequences_; ///< [pos] that are as long
    std::vector<Point> pre_, mid_;
    at::Tensor beforePre_, beforeMid_; ///< [B, T, d] float64, the point of a layer before
    std::map<std::tuple<int, int, int>, double> massive_; ///< by layer, position, feature
};

} // namespace residuum
