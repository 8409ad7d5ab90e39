// Edges between what components write and what others read: edge attribution (EAP, Syed et al.
// 2023; EAP-IG, Hanna et al. 2024) and exact path patching (Wang et al. 2022).
//
// Shapes: B = pairs, T = pos, d = d_model, S = senders, N = receivers.
#pragma once

#include "analysis/patching/exact_patching.h"

#include <string>
#include <vector>

namespace residuum {

/// "embed", then per layer its heads "L0H0", … and "L0.mlp".
std::vector<std::string> edgeSenders(const ModelConfig& config);
/// Per layer "L0H0.q", "L0H0.k", "L0H0.v", … and "L0.mlp"; last "logits".
std::vector<std::string> edgeReceivers(const ModelConfig& config);
/// How many of the senders come before a receiver: an edge leads from each of these to it.
std::int64_t sendersBefore(std::size_t receiver, const ModelConfig& config);

/// Places in the lists above. A receiver "L2H3" stands for its three inputs. Each throws UsageError
/// naming what is expected, also where no path leads from the sender to the receiver.
std::size_t senderNamed(const std::string& label, const ModelConfig& config);
std::vector<std::size_t> receiversNamed(const std::string& label, std::size_t sender,
                                        const ModelConfig& config);

/// [B, T, H, D] through each head's rows of W [H·D, d]: [B, H, T, d].
at::Tensor throughEachHead(const at::Tensor& heads, const at::Tensor& W);

/// Σ over positions of (sender's output, source - base) · ∂m/∂(receiver's input before its
/// normalisation site), float64 [B, S, N]; 0 where there is no edge. steps: 0 for EAP (gradient at
/// the base), else EAP-IG's.
at::Tensor edgeAttribution(const PatchGroup& group, int steps, const Progress& progress);

/// m(patched) - m(base), [B]: the receivers read base + (sender's output, source - base) where the
/// sender's other paths keep the base's values; everything after the receivers is recomputed.
std::vector<double> pathPatch(const PatchGroup& group, std::size_t sender,
                              const std::vector<std::size_t>& receivers, const Progress& progress);

/// Bytes of what senders and receivers of a layer change by, per pair of `length` tokens.
std::int64_t edgeBytesPerPair(const Weights& weights, std::int64_t length);
/// Bytes of one table [sender, receiver] in float64: the scores of a pair, or their sum over pairs.
std::int64_t edgeScoreBytes(const ModelConfig& config);

} // namespace residuum
