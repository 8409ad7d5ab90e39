// What labels call the normalisation that an effect freezes or recomputes. Torch-free.
#pragma once

#include "core/checkpoint/normalization.h"

#include <optional>
#include <set>
#include <string>

namespace residuum {

/// Of the models whose numbers a text is about: frozen is the gate of ln_f, recomputed are all
/// sites behind the layer that an effect begins in. The one place that has words for them:
/// "LN" for LayerNorm and what it leaves when removed, "RMSNorm", "DyT gate", and "normalisation"
/// where the sites are of several kinds or no model is at hand.
class Treatment {
  public:
    Treatment() = default;
    /// Of effects on the final residual stream.
    explicit Treatment(const Normalization& model) { add(model); }
    /// `layer`: whose output the effects change; empty: the last, or the final stream itself.
    void add(const Normalization& model, std::optional<int> layer = {});

    std::string frozen() const;     ///< "LN frozen"
    std::string recomputed() const; ///< "LN recomputed"
    std::string mediated() const;   ///< "LN-mediated": what freezing takes away
    std::string unitScale() const;  ///< "LN scale 1": of numbers before the gate

  private:
    std::set<std::string> frozen_, recomputed_; ///< words of the sites
};

} // namespace residuum
