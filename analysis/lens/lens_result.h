// What the lens shows of one model. Plain data, immutable once made.
//
// Shapes: point = 0_pre, 0_mid, 1_pre, …, final_post; row = one (sample, position) asked for.
#pragma once

#include "analysis/lens/lens_request.h"
#include "analysis/question/component.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model_info.h"

#include <string>
#include <vector>

namespace residuum {

struct LensRow {
    int sample = 0;
    PositionIndex position;
};

/// What is said of the vocabulary at the points of one lens.
struct LensReadings {
    std::vector<std::string> points; ///< their labels
    Table logProb;    ///< [point · tracks + track, row], over the whole vocabulary, in nats
    Table rank;       ///< [point · tracks + track, row], 0: the top; tokens with a larger logit
    Table logit;      ///< [point · tracks + track, row]
    Table entropy;    ///< [point, row], in nats
    Table topToken;   ///< [point · request.top + place, row] token ids, likeliest first
    Table topLogProb; ///< [point · request.top + place, row]
    /// [row], the largest |lens logit of the last point - the model's own logit| over the
    /// vocabulary.
    std::vector<double> check;
};

/// Of the logit lens; the Jacobian lens has its own.
struct LensResult : LensReadings {
    ModelInfo model;
    LensRequest request;
    std::vector<LensRow> rows;
    Table tracked;         ///< [track, row] token ids
    LensReadings jacobian; ///< points 0_post, 1_post, …; empty unless asked for
    /// Where they were asked for and the lens is affine: [component · tracks + track, row], what
    /// each adds to the tracked token's lens logit. Between two points the logits differ by the sum
    /// of what was added to the stream between them. Empty: they were not, or it is not.
    Table contribution;
    std::vector<TokenId> named;     ///< the distinct ids of `tracked` and all `topToken`, ascending
    std::vector<std::string> texts; ///< theirs, for people; "#12" without a tokenizer

    Eigen::Index tracks() const { return tracked.rows(); }
    /// Of one of `named`.
    const std::string& textOf(double id) const;
    /// The row of a sample's position; -1: it was not asked for.
    Eigen::Index rowOf(int sample, int position) const;
};

/// "0_pre", "0_mid", …, "final_post".
std::vector<std::string> lensPoints(int n_layers);
/// "0_post", "1_post", …: what the Jacobian lens reads.
std::vector<std::string> jacobianPoints(int n_layers);

/// Whether the lens of a model is affine in the stream: what ln_f divides by does not follow from
/// the stream that it reads.
bool isAffine(const ModelInfo& model, const LensRequest& request);
/// Why a result that was asked for components has none, in a sentence; "": it has them.
std::string whyNoComponents(const LensResult& result);

} // namespace residuum
