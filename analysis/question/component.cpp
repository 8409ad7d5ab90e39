#include "analysis/question/component.h"

#include "core/text/whole_number.h"

namespace residuum {

namespace {

std::optional<ComponentKind> blockKind(std::string_view suffix) {
    if (suffix == "attn_bias")
        return ComponentKind::AttnBias;
    if (suffix == "mlp")
        return ComponentKind::Mlp;
    if (suffix == "mlp_bias")
        return ComponentKind::MlpBias;
    return std::nullopt;
}

} // namespace

std::string label(const Component& component) {
    const auto layer = "L" + std::to_string(component.layer.value);
    switch (component.kind) {
    case ComponentKind::Embed:
        return "embed";
    case ComponentKind::PosEmbed:
        return "pos_embed";
    case ComponentKind::Head:
        return layer + "H" + std::to_string(component.head.value);
    case ComponentKind::AttnBias:
        return layer + ".attn_bias";
    case ComponentKind::Mlp:
        return layer + ".mlp";
    case ComponentKind::MlpBias:
        return layer + ".mlp_bias";
    }
    return {};
}

std::optional<Component> parseComponent(std::string_view text) {
    if (text == "embed")
        return Component{ComponentKind::Embed, {}, {}};
    if (text == "pos_embed")
        return Component{ComponentKind::PosEmbed, {}, {}};
    const auto split = text.find_first_of("H.");
    if (!text.starts_with('L') || split == std::string_view::npos)
        return std::nullopt;
    const auto layer = parseWholeNumber(text.substr(1, split - 1));
    if (!layer)
        return std::nullopt;
    const auto rest = text.substr(split + 1);
    if (text[split] == 'H') {
        const auto head = parseWholeNumber(rest);
        if (!head)
            return std::nullopt;
        return Component{ComponentKind::Head, LayerIndex(*layer), HeadIndex(*head)};
    }
    const auto kind = blockKind(rest);
    if (!kind)
        return std::nullopt;
    return Component{*kind, LayerIndex(*layer), {}};
}

std::vector<Component> allComponents(int n_layers, int n_heads) {
    std::vector<Component> components{{ComponentKind::Embed, {}, {}},
                                      {ComponentKind::PosEmbed, {}, {}}};
    for (int l = 0; l < n_layers; ++l) {
        const LayerIndex layer(l);
        for (int h = 0; h < n_heads; ++h)
            components.push_back({ComponentKind::Head, layer, HeadIndex(h)});
        components.push_back({ComponentKind::AttnBias, layer, {}});
        components.push_back({ComponentKind::Mlp, layer, {}});
        components.push_back({ComponentKind::MlpBias, layer, {}});
    }
    return components;
}

int componentRow(const Component& component, int n_heads) {
    const int blockStart = 2 + component.layer.value * (n_heads + 3);
    switch (component.kind) {
    case ComponentKind::Embed:
        return 0;
    case ComponentKind::PosEmbed:
        return 1;
    case ComponentKind::Head:
        return blockStart + component.head.value;
    case ComponentKind::AttnBias:
        return blockStart + n_heads;
    case ComponentKind::Mlp:
        return blockStart + n_heads + 1;
    case ComponentKind::MlpBias:
        return blockStart + n_heads + 2;
    }
    return -1;
}

} // namespace residuum
