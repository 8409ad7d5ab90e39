#include "analysis/comparison/stream_tally.h"

#include "analysis/comparison/stream_kernel.h"
#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
/// Massive activations (Sun et al. 2024).
constexpr double massiveAbove = 100.0, massiveTimes = 1000.0;
/// Tokens whose sums are added up at once: whatever the threads, they are the same.
constexpr std::int64_t tokensAtOnce = 64;

struct Extremes {
    double largest = none, median = none;
};

/// Of |x|, which is put into another order.
Extremes extremesOf(std::vector<double>& sizes) {
    const auto d = sizes.size();
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(d / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return {*std::max_element(middle, sizes.end()),
            d % 2 == 1 ? *middle : 0.5 * (*middle + *std::max_element(sizes.begin(), middle))};
}

void addTo(std::vector<double>& to, const std::vector<double>& what) {
    to.resize(what.size());
    for (std::size_t j = 0; j < what.size(); ++j)
        to[j] += what[j];
}

double meanOf(const std::vector<double>& values, bool squared) {
    double sum = 0.0;
    for (const double value : values)
        sum += squared ? value * value : value;
    return sum / static_cast<double>(values.size());
}

} // namespace

/// Of some tokens of a batch.
struct StreamTally::Sums {
    Point groups;
    std::vector<MassiveActivation> massive;
};

StreamTally::StreamTally(const ModelConfig& config, bool scores, int width)
    : scores_(scores), features_(config.d_model), norms_(Table::Zero(config.n_layers + 1, width)),
      sequences_(static_cast<std::size_t>(width)) {
    if (scores) {
        pre_.resize(static_cast<std::size_t>(config.n_layers) + 1);
        mid_.resize(static_cast<std::size_t>(config.n_layers));
    }
}

void StreamTally::add(Kind kind, int layer, const at::Tensor& resid) {
    const auto x = doublesOnCpu(resid).contiguous();
    const auto length = x.size(1), tokens = x.size(0) * length;
    std::vector<double> norms;
    if (scores_) {
        norms = addScores(kind, layer, x);
    } else {
        const auto squares = streamKernel().squares;
        for (std::int64_t token = 0; token < tokens; ++token)
            norms.push_back(
                std::sqrt(squares(x.data_ptr<double>() + token * features_, features_)));
    }
    for (std::int64_t token = 0; token < tokens && kind == Kind::Pre; ++token) {
        norms_(layer, token % length) += norms[static_cast<std::size_t>(token)];
        if (layer == 0)
            sequences_[static_cast<std::size_t>(token % length)] += 1.0;
    }
}

/// Returns the tokens' norms.
std::vector<double> StreamTally::addScores(Kind kind, int layer, const at::Tensor& x) {
    auto& before = kind == Kind::Pre ? beforePre_ : beforeMid_;
    const auto length = x.size(1), tokens = x.size(0) * length;
    const auto pieces = (tokens + tokensAtOnce - 1) / tokensAtOnce;
    std::vector<Sums> sums(static_cast<std::size_t>(pieces));
    std::vector<double> norms(static_cast<std::size_t>(tokens));
    at::parallel_for(0, pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto piece = begin; piece < end; ++piece)
            addTokens(sums[static_cast<std::size_t>(piece)], x.data_ptr<double>(),
                      layer > 0 ? &before : nullptr, length, piece * tokensAtOnce,
                      std::min(tokens, (piece + 1) * tokensAtOnce), norms);
    });
    for (auto& each : sums) {
        for (auto& massive : each.massive)
            massive.layer = layer;
        addSums(kind, layer, each);
    }
    before = {x, norms};
    return norms;
}

void StreamTally::addTokens(Sums& sums, const double* x, const Before* before, std::int64_t length,
                            std::int64_t first, std::int64_t last,
                            std::vector<double>& norms) const {
    const auto d = static_cast<std::size_t>(features_);
    const auto add = streamKernel().add;
    std::vector<double> sizes(d);
    for (auto token = first; token < last; ++token) {
        auto& group = sums.groups[token % length == 0 ? 0 : 1];
        group.sum.resize(d);
        group.centredSquares.resize(d);
        const auto at = static_cast<std::size_t>(token);
        const auto* row = x + token * features_;
        const auto* rowBefore =
            before == nullptr ? row : before->x.data_ptr<double>() + token * features_;
        const auto [squares, product] =
            add(row, rowBefore, features_,
                {group.sum.data(), group.centredSquares.data(), sizes.data()});
        norms[at] = std::sqrt(squares);
        group.tokens += 1.0;
        group.squares += squares;
        if (before != nullptr) {
            group.growth += norms[at] / before->norms[at];
            group.cosine += product / (norms[at] * before->norms[at]);
        }
        // Where something is not finite there is no order.
        const auto [largest, median] = std::isfinite(squares) ? extremesOf(sizes) : Extremes();
        group.maxMedian += largest / median;
        const double least = std::max(massiveAbove, massiveTimes * median);
        for (int j = 0; j < features_ && largest > least; ++j)
            if (std::abs(row[j]) > least)
                sums.massive.push_back({0, static_cast<int>(token % length), j, row[j]});
    }
}

void StreamTally::addSums(Kind kind, int layer, const Sums& sums) {
    auto& point = (kind == Kind::Pre ? pre_ : mid_)[static_cast<std::size_t>(layer)];
    for (std::size_t g = 0; g < point.size(); ++g) {
        auto& group = point[g];
        const auto& more = sums.groups[g];
        if (more.tokens == 0.0)
            continue;
        group.tokens += more.tokens;
        group.maxMedian += more.maxMedian;
        group.growth += more.growth;
        group.cosine += more.cosine;
        group.squares += more.squares;
        addTo(group.sum, more.sum);
        addTo(group.centredSquares, more.centredSquares);
    }
    for (const auto& each : sums.massive)
        if (kind == Kind::Pre) {
            auto& value = massive_[{each.layer, each.position, each.feature}];
            if (std::abs(each.value) > std::abs(value))
                value = each.value;
        }
}

StreamScores StreamTally::scoresOf(const std::vector<Point>& points) const {
    StreamScores scores;
    for (auto& table : scores)
        table = Table::Constant(static_cast<Eigen::Index>(points.size()), 2, none);
    const auto at = [&](StreamScore score, std::size_t point, std::size_t group) -> double& {
        return scores[static_cast<std::size_t>(score)](static_cast<Eigen::Index>(point),
                                                       static_cast<Eigen::Index>(group));
    };
    for (std::size_t p = 0; p < points.size(); ++p)
        for (std::size_t g = 0; g < 2; ++g) {
            const auto& group = points[p][g];
            const double n = group.tokens;
            if (n == 0.0)
                continue;
            at(StreamScore::Kurtosis, p, g) = // of s_j², n of which are added up
                meanOf(group.centredSquares, true) /
                std::pow(meanOf(group.centredSquares, false), 2);
            at(StreamScore::MaxMedianRatio, p, g) = group.maxMedian / n;
            if (p > 0) {
                at(StreamScore::Growth, p, g) = group.growth / n;
                at(StreamScore::Cosine, p, g) = group.cosine / n;
            }
            if (n > 1.0)
                at(StreamScore::SignalPropagation, p, g) =
                    (meanOf(group.sum, true) * features_ - group.squares) /
                    ((n - 1.0) * group.squares);
        }
    return scores;
}

void StreamTally::finish(ComparisonResult& result) const {
    result.residualNorm = norms_;
    for (Eigen::Index p = 0; p < norms_.cols(); ++p)
        result.residualNorm.col(p) /= sequences_[static_cast<std::size_t>(p)];
    if (!scores_)
        return;
    result.stream = scoresOf(pre_);
    result.streamMid = scoresOf(mid_);
    auto& list = result.massive;
    for (const auto& [where, value] : massive_)
        list.push_back({std::get<0>(where), std::get<1>(where), std::get<2>(where), value});
    if (list.size() > listedMassive) {
        const auto larger = [](const MassiveActivation& a, const MassiveActivation& b) {
            return std::abs(a.value) > std::abs(b.value);
        };
        const auto end = list.begin() + static_cast<std::ptrdiff_t>(listedMassive);
        std::nth_element(list.begin(), end, list.end(), larger);
        list.erase(end, list.end());
        std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
            return std::tuple(a.layer, a.position, a.feature) <
                   std::tuple(b.layer, b.position, b.feature);
        });
    }
}

} // namespace residuum
