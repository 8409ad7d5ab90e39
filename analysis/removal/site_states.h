// The normalisation sites of a removal run: what each divides by, and which are gone. Torch-free.
#pragma once

#include "analysis/removal/schedule.h"
#include "core/checkpoint/normalization.h"

#include <string>
#include <vector>

namespace residuum {

/// The columns of σ: "h.0.ln_1", "h.0.ln_2", "h.1.ln_1", …, "ln_f".
std::vector<std::string> sigmaColumns(std::size_t layers);

/// ln_1's two sites have one σ: it follows the batches until the values' site is removed too.
class SiteStates {
  public:
    /// Sites that are removed in `start` keep what they divide by. momentum: see Schedule. Throws
    /// Error naming a site that is neither LayerNorm nor removed.
    SiteStates(const Normalization& start, double momentum);

    /// What the sites' inputs spread in a batch before the first update, by column.
    void calibrate(const std::vector<double>& spreads);
    /// Likewise in a micro-batch of training, after its pass.
    void track(const std::vector<double>& spreads);
    /// Removes the sites whose time has come before the update of `step`. Returns them, in order.
    std::vector<RemovedSite> remove(const Schedule& schedule, int step);

    const Normalization& normalization() const { return sites_; }
    /// By column: what the site divides by where it is removed, else the running mean.
    const std::vector<double>& sigma() const { return sigma_; }
    /// As they were when `sigma` and `sites` were what they are.
    void restore(const Normalization& sites, const std::vector<double>& sigma);

  private:
    NormSite& site(const RemovedSite& which);
    /// Whether a column's σ follows the batches no more.
    bool isFrozen(std::size_t column) const;
    void follow();

    Normalization sites_;
    double momentum_;
    std::vector<double> sigma_;
};

} // namespace residuum
