// config.json of a model that was made from another.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace residuum::checkpoint {

/// Whether a config.json with this epsilon and nothing more says of what kind the sites are, as
/// Hugging Face's GPT-2 reads it: LayerNorm everywhere or the epsilon trick.
bool isPlain(const Normalization& normalization, const ModelConfig& config);

/// The source's config.json with what differs: type, head, `normalization_sites` where it is
/// needed or was there before, and under originKey where the model comes from (`to` being what was
/// asked for).
nlohmann::json convertedConfig(const Checkpoint& source, const Normalization& normalization,
                               bool tiedHead, StoredType type, const std::string& to);

} // namespace residuum::checkpoint
