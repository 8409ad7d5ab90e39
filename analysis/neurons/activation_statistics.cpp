#include "analysis/neurons/activation_statistics.h"

#include "core/model/doubles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

std::vector<double> toVector(const at::Tensor& t) {
    const auto values = t.contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

/// [M, k] padded with `filling` to listedTokens columns.
Table listed(const at::Tensor& t, double filling) {
    Table table = Table::Constant(t.size(0), listedTokens, filling);
    table.leftCols(t.size(1)) = toTable(t);
    return table;
}

} // namespace

ActivationStatistics::ActivationStatistics(std::int64_t neurons)
    : sum_(at::zeros({neurons}, at::kDouble)), squares_(sum_.clone()), positive_(sum_.clone()),
      topValue_(at::empty({neurons, 0}, at::kDouble)),
      topPlace_(at::empty({neurons, 0}, at::kDouble)) {}

void ActivationStatistics::add(const at::Tensor& post, const std::vector<std::size_t>& places) {
    const at::NoGradGuard noGrad;
    const auto values = doublesOnCpu(post).t().contiguous(); // [M, R]
    if (tokens_ == 0) {
        // Sums of squares around a value nearby keep their digits.
        shift_ = values.mean(1);
        least_ = values.amin(1);
        most_ = values.amax(1);
    }
    tokens_ += places.size();
    const auto around = values - shift_.unsqueeze(1);
    sum_ += around.sum(1);
    squares_ += around.square().sum(1);
    least_ = at::minimum(least_, values.amin(1));
    most_ = at::maximum(most_, values.amax(1));
    positive_ += values.gt(0).to(at::kDouble).sum(1);

    const auto some = std::min<std::int64_t>(listedTokens, values.size(1));
    const auto [best, index] = at::topk(values, some, 1);
    const auto where = at::tensor(std::vector<double>(places.begin(), places.end()),
                                  at::TensorOptions().dtype(at::kDouble));
    const auto place = where.index_select(0, index.reshape({-1})).view(index.sizes());
    const auto both = at::cat({topValue_, best}, 1);
    const auto bothPlaces = at::cat({topPlace_, place}, 1);
    const auto [kept, of] = at::topk(both, std::min<std::int64_t>(listedTokens, both.size(1)), 1);
    topValue_ = kept;
    topPlace_ = bothPlaces.gather(1, of);
}

NeuronActivations ActivationStatistics::result() const {
    const auto n = static_cast<double>(tokens_);
    const auto offset = sum_ / n;
    NeuronActivations result;
    result.mean = toVector(shift_ + offset);
    result.deviation = toVector(at::sqrt((squares_ / n - offset.square()).clamp_min(0.0)));
    result.least = toVector(least_);
    result.most = toVector(most_);
    result.positive = toVector(positive_ / n);
    result.topToken = listed(topPlace_, -1.0);
    result.topActivation = listed(topValue_, 0.0);
    return result;
}

} // namespace residuum
