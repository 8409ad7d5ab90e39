// Changes per token, summed up as they come. Torch-free.
#pragma once

#include "analysis/neurons/neuron_result.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace residuum {

/// Means, means of magnitudes and quantiles of the four effects of `lines` neurons (or counts of
/// neurons), in memory that does not grow with the tokens.
class EffectTally {
  public:
    /// `quantiles`: whether histograms are kept.
    EffectTally(std::size_t lines, bool quantiles);

    void add(std::size_t line, Effect effect, double change);
    /// Over what was added so far; the same number of tokens for every line.
    Table mean(std::size_t tokens) const;
    Table meanAbs(std::size_t tokens) const;
    std::array<Table, effectCount> quantiles(std::size_t tokens) const;
    /// Of the first `lines` lines' changes together: [effect, quantileLevels].
    Table pooledQuantiles(std::size_t tokens, std::size_t lines) const;

  private:
    std::size_t lines_;
    std::vector<double> sum_, abs_;        ///< [line · effectCount + effect]
    std::vector<std::uint32_t> histogram_; ///< [(line · effectCount + effect) · bins + bin]
};

} // namespace residuum
