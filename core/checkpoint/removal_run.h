// Of what kind a checkpoint's normalisation sites are, removed ones among them: arXiv 2507.02559
// sections 2-3 (FakeLN, epsilon trick).
#pragma once

#include "core/checkpoint/config.h"
#include "core/checkpoint/normalization.h"
#include "core/checkpoint/tensor_names.h"

namespace residuum::checkpoint {

/// From config.json's `normalization_sites` and from `alpha` tensors (a module that has one and is
/// not named is DyT); else from a removal run's buffers: `is_fake` (ln_1 as read by q and k; ln_2;
/// ln_f), `attn_v_is_fake` (ln_1 as read by v), sigma = average_std_buffer[1]; else from
/// config.json's epsilon. Throws Error where these contradict each other, where a DyT has no alpha,
/// and where the buffers are incomplete, not constant or treat the first position apart.
Normalization findNormalization(const ModelConfig& config, const SortedTensors& tensors);

} // namespace residuum::checkpoint
