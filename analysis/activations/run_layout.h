// The axes of every hook's dataset.
#pragma once

#include "core/checkpoint/config.h"
#include "core/model/hooks.h"

#include <string>
#include <vector>

namespace residuum {

/// An axis beyond "sample": its name in the file and its length; `perToken` ones have as many
/// entries as the sequence has tokens and are padded to the longest.
struct HookAxis {
    std::string name;
    int length = 0;
    bool perToken = false;
};

/// TransformerLens's shapes without the batch axis.
std::vector<HookAxis> hookAxes(HookPoint point, const ModelConfig& config, int longest);

} // namespace residuum
