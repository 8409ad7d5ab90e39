// Means over scored tokens, with how well they are known. Torch-free.
#pragma once

#include "analysis/comparison/comparison_result.h"

#include <vector>

namespace residuum {

/// A mean over the scored tokens of sequences of `lengths`: every token of a sequence but its last.
/// values: [token]. The interval is of `request.bootstrap` resamples of whole sequences (those with
/// scored tokens), the same for every quantity: std::mt19937_64 seeded with `request.seed`.
TokenMean scoredMean(const std::vector<double>& values, const std::vector<int>& lengths,
                     const ComparisonRequest& request);

/// Calls `use(token, position)` for every scored token.
template <class Use>
void forEachScored(const std::vector<int>& lengths, const Use& use) {
    std::size_t token = 0;
    for (const int length : lengths) {
        for (int p = 0; p + 1 < length; ++p)
            use(token + static_cast<std::size_t>(p), p);
        token += static_cast<std::size_t>(length);
    }
}

/// The top probability against how often it is right, in bins of equal width; a probability on an
/// edge belongs to the bin below.
class Calibration {
  public:
    void add(double confidence, bool right);
    /// `calibration` and `ece`.
    void finish(ComparisonResult& result) const;

  private:
    struct Bin {
        double confidence = 0.0, right = 0.0, count = 0.0;
    };
    std::array<Bin, calibrationBins> bins_{};
};

} // namespace residuum
