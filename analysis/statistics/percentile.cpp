#include "analysis/statistics/percentile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace residuum {

double percentile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval interval95(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    return {percentile(values, 0.025), percentile(values, 0.975)};
}

std::vector<double> falseDiscoveryRates(const std::vector<double>& p) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (!std::isnan(p[i]))
            order.push_back(i);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> q(p.size(), std::numeric_limits<double>::quiet_NaN());
    double least = 1.0;
    const auto m = static_cast<double>(order.size());
    for (auto rank = order.size(); rank > 0; --rank) {
        least = std::min(least, p[order[rank - 1]] * m / static_cast<double>(rank));
        q[order[rank - 1]] = least;
    }
    return q;
}

} // namespace residuum
