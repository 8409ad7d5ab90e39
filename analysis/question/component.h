// The components that add up to the final residual stream, in the order of result files.
#pragma once

#include "core/index.h"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace residuum {

enum class ComponentKind { Embed, PosEmbed, Head, AttnBias, Mlp, MlpBias };

/// `layer` counts only for block components, `head` only for heads.
struct Component {
    ComponentKind kind = ComponentKind::Embed;
    LayerIndex layer;
    HeadIndex head;

    friend auto operator<=>(const Component&, const Component&) = default;
};

/// "embed", "pos_embed", "L9H9", "L3.attn_bias", "L3.mlp", "L3.mlp_bias".
std::string label(const Component& component);
/// The inverse of `label`; empty for anything else.
std::optional<Component> parseComponent(std::string_view label);

/// All components of a model: embed, pos_embed, then per layer its heads, attn_bias, mlp, mlp_bias.
std::vector<Component> allComponents(int n_layers, int n_heads);
/// Position of `component` in `allComponents(n_layers, n_heads)`.
int componentRow(const Component& component, int n_heads);

} // namespace residuum
