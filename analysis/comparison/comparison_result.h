// What one model says about tokens, what its residual stream and its heads are like, and how far it
// is from other models. Plain data, immutable once made.
//
// Shapes: token = every token of the input, sample-major; a scored one has a next one in its
// sequence. L = n_layers, H = n_heads. Nats throughout.
#pragma once

#include "analysis/comparison/comparison_request.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/index.h"
#include "core/model/model_info.h"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// Over scored tokens.
struct TokenMean {
    double mean = 0.0;
    /// 95 %, by bootstrap over sequences; empty: not asked for, or of one sequence only.
    std::optional<std::array<double, 2>> interval{};
};

/// How far two models are apart, a before b.
struct Divergence {
    std::vector<double> kl, klReverse, jsd; ///< [token]: KL(a‖b), KL(b‖a), Jensen–Shannon
    TokenMean meanKl, meanKlReverse, meanJsd;
};

/// One model's distance from another.
struct Distance {
    std::size_t other = 0; ///< its place among the models compared
    std::string name;      ///< its name
    bool isFirst = true;   ///< whether this model is the pair's first
    std::shared_ptr<const Divergence> numbers;

    /// KL(this model‖the other), [token].
    const std::vector<double>& kl() const { return isFirst ? numbers->kl : numbers->klReverse; }
    const TokenMean& meanKl() const { return isFirst ? numbers->meanKl : numbers->meanKlReverse; }

    friend bool operator==(const Distance&, const Distance&) = default;
};

/// What is told of a point of the residual stream beside its norm (SCIENCE §5), at position 0 and
/// at the rest.
enum class StreamScore {
    Kurtosis,         ///< 1: no outlier feature; to about d - 2
    MaxMedianRatio,   ///< mean over tokens
    Growth,           ///< mean of norm / norm at the same kind of point a layer before; first: NaN
    Cosine,           ///< likewise, of the angle
    SignalPropagation ///< mean product of two tokens over the mean square of all; one token: NaN
};
inline constexpr std::array<std::string_view, 5> streamScoreNames{
    "kurtosis", "max_median_ratio", "growth", "cosine", "signal_propagation"};

/// By StreamScore, each [point, (position 0, rest)].
using StreamScores = std::array<Table, streamScoreNames.size()>;

/// Means over queries (SCIENCE §5); NaN where no query has what is asked about.
enum class HeadScore {
    SinkRate,        ///< share of queries that attend to position 0 above 0.3
    Entropy,         ///< of a query's pattern
    RelativeEntropy, ///< over that of even attention; without query 0
    PreviousToken,   ///< from query 1 on
    Self,
    Induction, ///< to what follows earlier occurrences of the query's token
    Duplicate, ///< to the earlier occurrences
    Distance   ///< positions back
};
inline constexpr std::array<std::string_view, 8> headScoreNames{
    "sink_rate", "attention_entropy", "attention_entropy_relative", "previous_token", "self",
    "induction", "duplicate",         "attention_distance"};
/// By HeadScore, each [L, H].
using HeadScores = std::array<Table, headScoreNames.size()>;

/// A feature above 100 and above 1000 times the median of its token's stream: where it is largest.
struct MassiveActivation {
    int layer = 0; ///< of resid_pre; L: the final resid_post
    int position = 0, feature = 0;
    double value = 0.0;

    friend bool operator==(const MassiveActivation&, const MassiveActivation&) = default;
};
inline constexpr std::size_t listedMassive = 1000; ///< the largest, at most

inline constexpr int calibrationBins = 10;
inline constexpr double highLoss = 50.0; ///< nats

struct ComparisonResult {
    ModelInfo model;
    ComparisonRequest request;
    std::vector<int> lengths;    ///< [sample]
    std::vector<double> loss;    ///< [token], of the next token; NaN: there is none
    std::vector<double> entropy; ///< [token]
    TokenMean meanLoss, meanEntropy;
    double ece = 0.0;               ///< expected calibration error
    double lossAbove50 = 0.0;       ///< share of scored tokens
    Table calibration;              ///< [bin, (confidence, accuracy, count)]; empty bin: NaN, NaN
    Table residualNorm;             ///< [L + 1, pos], mean over sequences that are as long
    StreamScores stream, streamMid; ///< [L + 1, 2] and of resid_mid [L, 2], where asked for
    std::vector<MassiveActivation> massive; ///< by layer, position, feature; likewise
    HeadScores heads;                       ///< where asked for
    std::vector<int> tokens;                ///< [token], ids
    std::map<int, std::string> texts;       ///< of the ids that occur, for people
    std::vector<Distance> distances;        ///< from those compared with it, in their order

    const std::string& textOf(std::size_t token) const { return texts.at(tokens[token]); }
};

} // namespace residuum
