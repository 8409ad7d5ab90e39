// Which normalisation sites of a checkpoint are removed, and their scales.
// arXiv 2507.02559 sections 2-3 (FakeLN, epsilon trick).
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/normalization.h"
#include "core/checkpoint/tensor_names.h"

namespace residuum::checkpoint {

/// An epsilon of at least this marks the epsilon trick: every site is removed, sigma = sqrt(eps).
inline constexpr double epsilonTrickFrom = 1e6;

/// From config.json's epsilon (epsilon trick) or from a removal run's buffers: `is_fake` (ln_1 as
/// read by q and k; ln_2; ln_f), `attn_v_is_fake` (ln_1 as read by v), sigma =
/// average_std_buffer[1]. Throws Error where the buffers are incomplete, not constant, treat the
/// first position apart, or contradict the epsilon.
Normalization findNormalization(const ModelConfig& config, const SortedTensors& tensors);

} // namespace residuum::checkpoint
