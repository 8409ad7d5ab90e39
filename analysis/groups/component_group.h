// Heads, MLPs and neurons that are taken together under a name. Plain data.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/thing.h"
#include "core/checkpoint/config.h"

#include <string>
#include <variant>
#include <vector>

namespace residuum {

using GroupMember = std::variant<Component, Neuron>; ///< of components heads and MLPs only

std::string label(const GroupMember& member); ///< "L1H6", "L2.mlp", "L3N32"
int layerOf(const GroupMember& member);

struct ComponentGroup {
    std::string name;
    std::vector<GroupMember> members;

    friend bool operator==(const ComponentGroup&, const ComponentGroup&) = default;
};

/// "movers=L1H6+L2H3", as on the command line and in files.
template <>
struct Codec<ComponentGroup> : TextMember<Codec<ComponentGroup>, ComponentGroup> {
    static std::string text(const ComponentGroup& group);
    /// Throws UsageError: what is no head, MLP or neuron, a name of nothing or with , + or = in it.
    static ComponentGroup parse(const std::string& text, const Asking& asking, const TokenLookup&);
};

/// Throws UsageError naming group and member: a member that the model does not have, one that is
/// there twice, a neuron of an MLP that is there as a whole, a name of two groups.
void requireValid(const std::vector<ComponentGroup>& groups, const ModelConfig& config);

} // namespace residuum
