#include "analysis/comparison/stream_tally.h"

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

struct Extremes {
    std::vector<double> largest, median; ///< [token] of |x|
};

/// Of [token, d] float64; NaN for a token that is not finite.
Extremes extremesOf(const at::Tensor& x) {
    const auto tokens = x.size(0), d = x.size(1);
    const auto* numbers = x.data_ptr<double>();
    Extremes found{std::vector<double>(static_cast<std::size_t>(tokens), none),
                   std::vector<double>(static_cast<std::size_t>(tokens), none)};
    at::parallel_for(0, tokens, 16, [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> sizes(static_cast<std::size_t>(d));
        for (auto token = begin; token < end; ++token) {
            const auto* row = numbers + token * d;
            if (!std::all_of(row, row + d, [](double value) { return std::isfinite(value); }))
                continue; // nth_element needs an order
            std::transform(row, row + d, sizes.begin(), [](double v) { return std::abs(v); });
            const auto middle = sizes.begin() + d / 2;
            std::nth_element(sizes.begin(), middle, sizes.end());
            const auto at = static_cast<std::size_t>(token);
            found.largest[at] = *std::max_element(middle, sizes.end());
            found.median[at] =
                d % 2 == 1 ? *middle : 0.5 * (*middle + *std::max_element(sizes.begin(), middle));
        }
    });
    return found;
}

double itemOf(const at::Tensor& t) {
    return t.item<double>();
}

} // namespace

/// Of the tokens of a group.
struct StreamTally::Numbers {
    at::Tensor x, norms; ///< [token, d], [token]
    at::Tensor before;   ///< [token, d]; undefined: there is no layer before
    double maxMedian = 0.0;
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
    const auto norms = x.square().sum(-1).sqrt(); // [B, T]
    if (kind == Kind::Pre) {
        const auto sums = norms.sum(0).contiguous();
        for (std::int64_t p = 0; p < sums.size(0); ++p) {
            norms_(layer, p) += sums.data_ptr<double>()[p];
            if (layer == 0)
                sequences_[static_cast<std::size_t>(p)] += static_cast<double>(x.size(0));
        }
    }
    if (scores_)
        addScores(kind, layer, x, norms);
}

void StreamTally::addScores(Kind kind, int layer, const at::Tensor& x, const at::Tensor& norms) {
    auto& before = kind == Kind::Pre ? beforePre_ : beforeMid_;
    auto& point = (kind == Kind::Pre ? pre_ : mid_)[static_cast<std::size_t>(layer)];
    const auto d = x.size(2), length = x.size(1);
    const auto extremes = extremesOf(x.view({-1, d}));
    std::array<double, 2> ratios{};
    for (std::size_t token = 0; token < extremes.median.size(); ++token)
        ratios[token % static_cast<std::size_t>(length) == 0 ? 0 : 1] +=
            extremes.largest[token] / extremes.median[token];
    const auto part = [&](const at::Tensor& t, std::size_t group) {
        return group == 0 ? t.narrow(1, 0, 1) : t.narrow(1, 1, length - 1);
    };
    for (std::size_t group = 0; group < (length > 1 ? 2U : 1U); ++group) {
        Numbers numbers{
            part(x, group).reshape({-1, d}), part(norms, group).reshape({-1}), {}, ratios[group]};
        if (layer > 0)
            numbers.before = part(before, group).reshape({-1, d});
        addGroup(point[group], numbers);
    }
    if (kind == Kind::Pre)
        listMassive(layer, x, extremes.median);
    before = x;
}

void StreamTally::addGroup(Group& group, const Numbers& numbers) const {
    const auto& x = numbers.x;
    const auto add = [](at::Tensor& to, const at::Tensor& what) {
        to = to.defined() ? to + what : what;
    };
    group.tokens += static_cast<double>(x.size(0));
    group.maxMedian += numbers.maxMedian;
    group.squares += itemOf(numbers.norms.square().sum());
    add(group.sum, x.sum(0));
    add(group.centredSquares, (x - x.mean(-1, /*keepdim=*/true)).square_().sum(0));
    if (!numbers.before.defined())
        return;
    const auto normsBefore = numbers.before.square().sum(-1).sqrt();
    group.growth += itemOf((numbers.norms / normsBefore).sum());
    group.cosine += itemOf(((x * numbers.before).sum(-1) / (numbers.norms * normsBefore)).sum());
}

void StreamTally::listMassive(int layer, const at::Tensor& x, const std::vector<double>& medians) {
    const auto d = x.size(2), length = x.size(1);
    const auto* numbers = x.data_ptr<double>();
    for (std::size_t token = 0; token < medians.size(); ++token) {
        const double least = std::max(massiveAbove, massiveTimes * medians[token]);
        const auto* row = numbers + static_cast<std::int64_t>(token) * d;
        for (std::int64_t j = 0; j < d; ++j)
            if (std::abs(row[j]) > least) {
                const auto position = static_cast<int>(static_cast<std::int64_t>(token) % length);
                auto& value = massive_[{layer, position, static_cast<int>(j)}];
                if (std::abs(row[j]) > std::abs(value))
                    value = row[j];
            }
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
            const auto squares = group.centredSquares / n; // s_j²
            at(StreamScore::Kurtosis, p, g) =
                itemOf(squares.square().mean()) / std::pow(itemOf(squares.mean()), 2);
            at(StreamScore::MaxMedianRatio, p, g) = group.maxMedian / n;
            if (p > 0) {
                at(StreamScore::Growth, p, g) = group.growth / n;
                at(StreamScore::Cosine, p, g) = group.cosine / n;
            }
            if (n > 1.0)
                at(StreamScore::SignalPropagation, p, g) =
                    (itemOf(group.sum.square().sum()) - group.squares) /
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
