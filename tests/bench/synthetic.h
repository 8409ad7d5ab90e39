// A GPT-2-small-size model with random weights, written once per run of the benchmarks.
#pragma once

#include "core/model/model.h"

#include <memory>
#include <string>

namespace residuum::bench {

/// An environment variable: where it is set, heads have 8 dimensions and not 64.
inline constexpr auto thinModels = "RESIDUUM_BENCH_THIN";

/// "small" (12 × 768, vocabulary 50,257), "medium" (24 × 1024) or "xl" (48 × 1600). Float32,
/// memory-mapped. Another seed, other weights.
std::filesystem::path syntheticFolder(const std::string& size, int seed = 1);
std::shared_ptr<const Model> openSynthetic(const std::string& size);

} // namespace residuum::bench
