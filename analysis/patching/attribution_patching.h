// Attribution patching: the first-order estimate of every patch from one backward pass
// (SCIENCE §3; Nanda 2023), its gradient averaged (integrated gradients), and AtP* (Kramár et al.
// 2024, arXiv 2403.00745).
//
// Shapes: B = pairs, T = pos.
#pragma once

#include "analysis/patching/exact_patching.h"
#include "analysis/patching/gradients.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <vector>

namespace residuum {

/// Estimates of one group per site, float64 on the CPU: [B, layer, T], [B, layer, head, T],
/// [B, layer, head], and for mlp_post [B, layer, neuron].
using SiteEstimates = std::map<PatchSite, at::Tensor>;

/// Σ (a_source - a_base) · ∂m/∂a at the base, for every asked site at once.
SiteEstimates attributionPatching(const PatchGroup& group, const std::vector<PatchSite>& sites,
                                  const Progress& progress);

/// The same with ∂m/∂a averaged over `steps` runs whose input embeddings lie between base and
/// source (midpoint rule).
SiteEstimates integratedGradients(const PatchGroup& group, const std::vector<PatchSite>& sites,
                                  int steps, const Progress& progress);

/// AtP*: queries and keys through the exact softmax (QK fix), and the mean magnitude over backward
/// passes that each leave one layer out (GradDrop). Not negative. Sites of several positions are
/// the sum over positions before magnitudes are taken.
SiteEstimates atpStar(const PatchGroup& group, const std::vector<PatchSite>& sites,
                      const Progress& progress);

} // namespace residuum
