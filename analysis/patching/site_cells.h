// The cells of a site and how a patch of each enters the model.
//
// Shapes: B = pairs of one length, T = pos, d = d_model, R = rows.
#pragma once

#include "analysis/patching/patch_site.h"
#include "analysis/patching/resumed_passes.h"

#include <span>
#include <string>
#include <vector>

namespace residuum {

/// A place in a site. head, pos, neuron are 0 where the site has no such axis.
struct SiteCell {
    PatchSite site = PatchSite::ResidPre;
    int layer = 0;
    int head = 0;
    int pos = 0;
    int neuron = 0;
    std::int64_t index = 0; ///< in the site's flattened cells
};

/// A neuron of the model.
struct NeuronPlace {
    int layer = 0;
    int neuron = 0;
};

/// What labels of neurons ("L3N1234") name; nothing where one is no neuron of the model.
std::vector<NeuronPlace> neuronPlaces(const std::vector<std::string>& labels,
                                      const ModelConfig& config);

/// The cells of a site of one pair of `length` tokens, stored with `width` positions. `neurons`:
/// those of mlp_post.
std::vector<SiteCell> cellsOf(PatchSite site, const ModelConfig& config, int length, int width,
                              const std::vector<NeuronPlace>& neurons);

/// Shape of a site's cells; see PatchGrid.
std::vector<std::int64_t> shapeOf(PatchSite site, const ModelConfig& config, int width,
                                  std::size_t neurons);

/// How the cell's patch of a pair enters, where the two runs differ from position `firstDifferent`
/// on; empty where it cannot reach the metric.
std::optional<Injection> injectionOf(const SiteCell& cell, std::int64_t pair,
                                     std::int64_t firstDifferent, const ModelConfig& config,
                                     std::int64_t length);

/// Values that the patches of a group of pairs put in, and where the two runs differ at all.
class SiteValues {
  public:
    SiteValues(const Weights& weights, const PairRuns& runs);

    /// Whether the cell's activation differs between the runs, anywhere it covers.
    bool differs(const SiteCell& cell, std::int64_t pair);

    /// The rows that `injections` put in, all of cells of one site and layer: [R, d].
    at::Tensor rows(const SiteCell& cell, std::span<const Injection> injections,
                    const std::vector<SiteCell>& cells) const;

  private:
    at::Tensor difference(PatchSite site, int layer) const;
    at::Tensor headRows(const SiteCell& cell, std::span<const Injection> injections,
                        const std::vector<SiteCell>& cells) const;

    const Weights& weights_;
    const PairRuns& runs_;
    std::int64_t length_;
    std::vector<at::Tensor> masks_;            ///< [site], bool [layer, …], made on first use
    mutable std::vector<at::Tensor> patternZ_; ///< [layer]: z of the source's pattern, base's v
    const at::Tensor& patternZ(int layer) const;
};

} // namespace residuum
