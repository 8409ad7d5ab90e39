// One plain full forward pass per patch: the brute-force twin of exact patching, in a dozen lines
// of LibTorch that share nothing with it but the normalisation sites and the activation.
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/patching/site_cells.h"
#include "core/model/weights.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace residuum::test {

/// Sees and may replace an activation; names as in TransformerLens without "blocks.".
using NaiveHook = std::function<void(int layer, const std::string& name, at::Tensor& value)>;

/// tokens: [T]. Returns the residual stream at the last position, [1, d].
at::Tensor naiveForward(const Weights& weights, const at::Tensor& tokens, const NaiveHook& hook);

/// Every activation of a run by "layer.name".
std::map<std::string, at::Tensor> naiveActivations(const Weights& weights,
                                                   const at::Tensor& tokens);

/// The hook that a site replaces.
std::string hookOf(PatchSite site);

/// The part of an activation that a cell stands for.
at::Tensor partOf(const at::Tensor& value, const SiteCell& cell);

/// What ln_f reads at the last position after one patch, [1, d].
at::Tensor naivePatch(const Weights& weights, const at::Tensor& baseTokens,
                      const std::map<std::string, at::Tensor>& source, const SiteCell& cell);

/// What a sender ("embed", "L0H1", "L0.mlp") writes in a run, [T, d].
at::Tensor naiveOutput(const Weights& weights, const std::map<std::string, at::Tensor>& run,
                       const std::string& sender);

/// What a receiver ("L1H2.k", "L1.mlp") makes of the residual stream `resid` [T, d]: its head's
/// queries, keys or values [T, D], or what the MLP writes [T, d].
at::Tensor naiveReceived(const Weights& weights, const std::string& receiver,
                         const at::Tensor& resid);

/// What ln_f reads at the last position of a pass in which one receiver (also "logits") reads
/// base + change, [1, d].
at::Tensor naiveEdge(const Weights& weights, const at::Tensor& baseTokens,
                     const std::map<std::string, at::Tensor>& baseRun, const std::string& receiver,
                     const at::Tensor& change);

/// The same of a run in which every receiver reads the corrupted stream and the differences of
/// those `edges` (sender, receiver) that lead to it. One head at a time.
at::Tensor naiveCircuit(const Weights& weights, const at::Tensor& cleanTokens,
                        const at::Tensor& corruptTokens,
                        const std::set<std::pair<std::string, std::string>>& edges);

/// The prompt as a tensor, [T] int64.
at::Tensor tokenTensor(const TokenSequence& sequence);

} // namespace residuum::test
