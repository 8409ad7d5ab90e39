// Patched runs resumed where they are patched: many at a time, and only what a patch can change.
//
// A patched run starts at its layer; positions before the patched one keep the base run's
// activations; the input of the block after the patch differs at the patched position alone; the
// last block runs at the last position only (SCIENCE §3, "Exact values do not need one full forward
// pass each").
//
// Shapes: B = pairs of one length, T = pos, d = d_model, P = patches, R = rows of all patches.
#pragma once

#include "analysis/patching/pair_runs.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace residuum {

/// Where values enter a block. Queries, keys and values are whole rows [d] with every head in them.
enum class EntryPoint {
    Resid, ///< hook_resid_pre; of layer n_layers: what ln_f reads
    Queries,
    Keys,
    Values,
    Z,
    ResidMid
};

/// One patched run. It belongs to `pair` and differs from its base run at positions
/// [first, first + count) of `point` of `layer`.
struct Injection {
    EntryPoint point = EntryPoint::Resid;
    int layer = 0;
    std::int64_t pair = 0;
    std::int64_t first = 0, count = 1;
    std::size_t patch = 0; ///< of the caller's, passed through
};

/// The part of a patch that can reach the last position: in the last block only keys and values
/// matter before it. Empty where none does: such a patch changes nothing and is not run.
std::optional<Injection> reaching(Injection injection, int n_layers, std::int64_t length);

/// Matrix products that one patch needs, in FLOP, without attention's own and the unembedding.
double flopOf(const Injection& injection, const ModelConfig& config, std::int64_t length);

/// Rows at its widest, for what fits a batch.
std::int64_t rowsOf(const Injection& injection, int n_layers, std::int64_t length);

/// Bytes of working memory per row of a batch.
std::int64_t batchBytesPerRow(const Weights& weights);

/// The values of injections that share point and layer: their rows one below the other,
/// [Σ count, d].
using InjectedRows = std::function<at::Tensor(std::span<const Injection>)>;

/// Runs `batch` (each as `reaching` gives it; sorted by layer, then point) to the end. Returns what
/// ln_f reads at the last position, [P, d], in the batch's order. Polls `progress` between
/// products. Throws Cancelled.
at::Tensor resume(const Weights& weights, const ModelRun& base, std::span<const Injection> batch,
                  const InjectedRows& rows, const Progress& progress);

} // namespace residuum
