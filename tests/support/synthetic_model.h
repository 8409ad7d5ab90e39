// GPT-2 checkpoints of any size with random weights, for tests and benchmarks.
#pragma once

#include "core/checkpoint/config.h"
#include "support/safetensors_writer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace residuum::test {

/// A valid configuration; d_head and d_mlp follow from the rest.
ModelConfig syntheticConfig(int layers, int heads, int width, int vocabulary, int context);

/// Sites that tests repeat their checks for. Outside: RMSNorm with its eps outside the root. Mixed:
/// all kinds, ln_1's two sites apart, RMSNorm in the end. Scaled: LayerNorm, attention scores
/// scaled by layer, the other GELU.
enum class Sites { LayerNorm, Removed, RmsNorm, Outside, DynamicTanh, Mixed, Scaled };
std::string name(Sites sites);
/// `config` with these, of constants that suit synthetic weights.
ModelConfig withSites(ModelConfig config, Sites sites);

/// config.json for `config`, with `extra` ("\"key\": value" pairs, comma-separated) appended.
std::string configJson(const ModelConfig& config, const std::string& extra = "");

/// Writes config.json and a float32 model.safetensors (tensor names without a prefix, tied head)
/// into `folder`, which is made. Weights are Gaussian (sd 0.02, residual projections scaled down),
/// gains 1 ± 0.05, biases sd 0.01; with an epsilon of 1e6 or more the gains carry its root, as the
/// epsilon trick has it. A DyT that the configuration names has its alpha beside its gain. Streams:
/// memory stays at a few MB for any size. Same seed, same bytes.
void writeSyntheticGpt2(const std::filesystem::path& folder, const ModelConfig& config,
                        std::uint64_t seed);

/// The same tensors in memory, for tests that change some of them before writing.
std::vector<NamedTensor> syntheticTensors(const ModelConfig& config, std::uint64_t seed);

/// Writes `text` to `path` as it is.
void writeText(const std::filesystem::path& path, const std::string& text);

} // namespace residuum::test
