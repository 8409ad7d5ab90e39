#include "analysis/patching/edge_sums.h"

#include "analysis/patching/edges.h"
#include "analysis/tensor/eigen_adaptor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

} // namespace

void EdgeSums::add(at::Tensor scores) {
    const auto sum = scores.sum(0), squares = scores.mul_(scores).sum(0);
    sum_ = sum_.defined() ? sum_ + sum : sum;
    squares_ = squares_.defined() ? squares_ + squares : squares;
}

EdgeGrid EdgeSums::grid(PatchMethod method, const ModelConfig& config, std::size_t pairs) const {
    const auto n = static_cast<double>(pairs);
    EdgeGrid edges;
    edges.method = method;
    edges.senders = edgeSenders(config);
    edges.receivers = edgeReceivers(config);
    edges.pairs = pairs;
    edges.mean = toTable(sum_ / n);
    const auto variance = (squares_ - sum_ * sum_ / n) / std::max(1.0, n - 1.0);
    edges.deviation = toTable(at::sqrt(at::clamp_min(variance, 0.0)));
    for (std::size_t receiver = 0; receiver < edges.receivers.size(); ++receiver)
        for (auto sender = sendersBefore(receiver, config); sender < edges.mean.rows(); ++sender)
            edges.mean(sender, static_cast<Eigen::Index>(receiver)) =
                edges.deviation(sender, static_cast<Eigen::Index>(receiver)) = nan;
    return edges;
}

void followPath(const PatchGroup& group, const PatchRequest& request,
                const std::vector<std::size_t>& members, std::size_t pairs, PathEffects& path,
                const Progress& progress) {
    const auto& config = group.weights.config;
    const auto sender = senderNamed(request.sender, config);
    std::vector<std::size_t> all;
    for (const auto& label : request.receivers)
        for (const auto place : receiversNamed(label, sender, config))
            if (std::find(all.begin(), all.end(), place) == all.end())
                all.push_back(place);
    if (path.receivers.empty()) {
        for (const auto place : all)
            path.receivers.push_back(edgeReceivers(config)[place]);
        if (all.size() > 1)
            path.receivers.emplace_back("together");
        path.values = Table::Constant(static_cast<Eigen::Index>(pairs),
                                      static_cast<Eigen::Index>(path.receivers.size()), nan);
    }
    for (std::size_t i = 0; i < path.receivers.size(); ++i) {
        const auto chosen = i < all.size() ? std::vector{all[i]} : all;
        const auto effects = pathPatch(group, sender, chosen, progress);
        for (std::size_t pair = 0; pair < effects.size(); ++pair)
            path.values(static_cast<Eigen::Index>(members[pair]), static_cast<Eigen::Index>(i)) =
                effects[pair];
    }
}

} // namespace residuum
