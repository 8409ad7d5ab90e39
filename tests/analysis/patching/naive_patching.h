// One plain full forward pass per patch: the brute-force twin of exact patching, in a dozen lines
// of LibTorch that share nothing with it but the normalisation sites and the activation.
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/patching/site_cells.h"
#include "core/model/weights.h"

#include <functional>
#include <map>
#include <string>

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

/// The prompt as a tensor, [T] int64.
at::Tensor tokenTensor(const TokenSequence& sequence);

} // namespace residuum::test
