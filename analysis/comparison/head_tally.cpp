#include "analysis/comparison/head_tally.h"

#include "analysis/comparison/head_kernel.h"
#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <limits>
#include <unordered_map>

namespace residuum {

namespace {

double& of(std::array<double, headScoreNames.size()>& sums, HeadScore score) {
    return sums[static_cast<std::size_t>(score)];
}

} // namespace

HeadTally::HeadTally(const ModelConfig& config)
    : sums_(static_cast<std::size_t>(config.n_layers),
            std::vector<Sums>(static_cast<std::size_t>(config.n_heads))) {}

void HeadTally::begin(const at::Tensor& tokens) {
    const auto ids = tokens.accessor<std::int64_t, 2>();
    length_ = tokens.size(1);
    earlier_.assign(static_cast<std::size_t>(tokens.size(0)), {});
    for (std::int64_t b = 0; b < tokens.size(0); ++b) {
        std::unordered_map<std::int64_t, std::vector<std::int64_t>> places;
        for (std::int64_t q = 0; q < length_; ++q) {
            auto& before = places[ids[b][q]];
            earlier_[static_cast<std::size_t>(b)].push_back(before);
            repeated_ += before.empty() ? 0.0 : 1.0;
            before.push_back(q);
        }
    }
    queries_ += static_cast<double>(tokens.numel());
    later_ += static_cast<double>(tokens.numel() - tokens.size(0));
}

template <class Number>
void HeadTally::addHead(Sums& sums, const Number* pattern, std::size_t sequence) const {
    const auto kernel = headKernel<Number>();
    for (std::int64_t q = 0; q < length_; ++q) {
        const auto* row = pattern + q * length_;
        const auto [entropy, distance] = kernel.numbers(row, q + 1);
        of(sums, HeadScore::SinkRate) += row[0] > sinkAbove ? 1.0 : 0.0;
        of(sums, HeadScore::Entropy) += entropy;
        of(sums, HeadScore::Distance) += distance;
        of(sums, HeadScore::Self) += row[q];
        if (q > 0) {
            of(sums, HeadScore::RelativeEntropy) += entropy / std::log(static_cast<double>(q + 1));
            of(sums, HeadScore::PreviousToken) += row[q - 1];
        }
        for (const auto place : earlier_[sequence][static_cast<std::size_t>(q)]) {
            of(sums, HeadScore::Duplicate) += row[place];
            of(sums, HeadScore::Induction) += row[place + 1];
        }
    }
}

void HeadTally::add(int layer, const at::Tensor& given) {
    const auto pattern = inAtLeastFloat(given.cpu()).contiguous();
    const auto heads = pattern.size(1);
    auto& sums = sums_[static_cast<std::size_t>(layer)];
    const auto each = [&](const auto* numbers) {
        at::parallel_for(0, heads, 1, [&](std::int64_t begin, std::int64_t end) {
            for (auto head = begin; head < end; ++head)
                for (std::size_t b = 0; b < earlier_.size(); ++b)
                    addHead(sums[static_cast<std::size_t>(head)],
                            numbers +
                                (static_cast<std::int64_t>(b) * heads + head) * length_ * length_,
                            b);
        });
    };
    if (pattern.scalar_type() == at::kDouble)
        each(pattern.data_ptr<double>());
    else
        each(pattern.data_ptr<float>());
}

void HeadTally::finish(ComparisonResult& result) const {
    const auto countOf = [&](HeadScore score) {
        switch (score) {
        case HeadScore::RelativeEntropy:
        case HeadScore::PreviousToken:
            return later_;
        case HeadScore::Induction:
        case HeadScore::Duplicate:
            return repeated_;
        default:
            return queries_;
        }
    };
    const auto layers = static_cast<Eigen::Index>(sums_.size()),
               heads = static_cast<Eigen::Index>(sums_.front().size());
    for (std::size_t s = 0; s < headScoreNames.size(); ++s) {
        const double count = countOf(static_cast<HeadScore>(s));
        result.heads[s] = Table(layers, heads);
        for (Eigen::Index l = 0; l < layers; ++l)
            for (Eigen::Index h = 0; h < heads; ++h)
                result.heads[s](l, h) =
                    sums_[static_cast<std::size_t>(l)][static_cast<std::size_t>(h)][s] / count;
    }
}

} // namespace residuum
