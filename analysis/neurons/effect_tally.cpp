#include "analysis/neurons/effect_tally.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

// |change| in nats on a logarithmic scale: bin 0 is below 1e-10, the last is 100 and above.
constexpr double leastExponent = -10.0;
constexpr int decades = 12;
constexpr int bins = decades * quantileBinsPerDecade + 1;

int binOf(double magnitude) {
    if (!(magnitude > 0.0))
        return 0;
    const double place = (std::log10(magnitude) - leastExponent) * quantileBinsPerDecade;
    return 1 + static_cast<int>(std::clamp(std::floor(place), -1.0, bins - 2.0));
}

double valueIn(int bin, double within) {
    return bin == 0 ? 0.0
                    : std::pow(10.0, leastExponent + (bin - 1 + within) / quantileBinsPerDecade);
}

template <class Count>
double quantile(const Count* counts, double level, std::size_t changes) {
    const double wanted = level * static_cast<double>(changes);
    double before = 0.0;
    for (int bin = 0; bin < bins; ++bin) {
        const auto here = static_cast<double>(counts[bin]);
        if (here > 0.0 && before + here >= wanted)
            return valueIn(bin, (wanted - before) / here);
        before += here;
    }
    return 0.0;
}

Table table(const std::vector<double>& sums, std::size_t tokens) {
    const auto lines = static_cast<Eigen::Index>(sums.size() / effectCount);
    return Eigen::Map<const Table>(sums.data(), lines, effectCount) /
           static_cast<double>(std::max<std::size_t>(tokens, 1));
}

} // namespace

EffectTally::EffectTally(std::size_t lines, bool quantiles)
    : lines_(lines), sum_(lines * effectCount), abs_(lines * effectCount),
      histogram_(quantiles ? lines * effectCount * bins : 0) {}

void EffectTally::add(std::size_t line, Effect effect, double change) {
    const auto at = line * effectCount + static_cast<std::size_t>(effect);
    sum_[at] += change;
    abs_[at] += std::abs(change);
    if (!histogram_.empty())
        ++histogram_[at * bins + static_cast<std::size_t>(binOf(std::abs(change)))];
}

Table EffectTally::mean(std::size_t tokens) const {
    return table(sum_, tokens);
}

Table EffectTally::meanAbs(std::size_t tokens) const {
    return table(abs_, tokens);
}

std::array<Table, effectCount> EffectTally::quantiles(std::size_t tokens) const {
    std::array<Table, effectCount> result;
    for (std::size_t effect = 0; effect < effectCount; ++effect) {
        auto& into = result[effect];
        into.resize(static_cast<Eigen::Index>(lines_), quantileLevels.size());
        for (std::size_t line = 0; line < lines_; ++line)
            for (std::size_t level = 0; level < quantileLevels.size(); ++level)
                into(static_cast<Eigen::Index>(line), static_cast<Eigen::Index>(level)) =
                    quantile(histogram_.data() + (line * effectCount + effect) * bins,
                             quantileLevels[level], tokens);
    }
    return result;
}

Table EffectTally::pooledQuantiles(std::size_t tokens, std::size_t lines) const {
    Table result(effectCount, quantileLevels.size());
    for (std::size_t effect = 0; effect < effectCount; ++effect) {
        std::vector<std::uint64_t> pooled(bins);
        for (std::size_t line = 0; line < lines; ++line)
            for (std::size_t bin = 0; bin < bins; ++bin)
                pooled[bin] += histogram_[(line * effectCount + effect) * bins + bin];
        for (std::size_t level = 0; level < quantileLevels.size(); ++level)
            result(static_cast<Eigen::Index>(effect), static_cast<Eigen::Index>(level)) =
                quantile(pooled.data(), quantileLevels[level], tokens * lines);
    }
    return result;
}

} // namespace residuum
