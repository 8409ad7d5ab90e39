// Figures of heads' attention from files that `residuum run --activations` writes.
#pragma once

#include "core/model/model_info.h"
#include "widgets/figure/figure_kind.h"

#include <string>
#include <vector>

namespace residuum {

/// Of files with the attn.hook_pattern of a head's layer; what is weighted by values, or is a
/// difference of two prompts, needs more than these hold.
FigureKind attentionKind();

/// The command that writes such a file: every head's pattern of a layer, of one prompt.
std::string attentionCommand(const std::vector<ModelInfo>& models,
                             const std::vector<TokenId>& prompt, LayerIndex layer,
                             const std::string& file);
/// The view and its settings.
inline constexpr QLatin1StringView attentionView{"attention"}, attentionHead{"head"},
    attentionWithoutFirst{"without-first"};

} // namespace residuum
