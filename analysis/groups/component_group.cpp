#include "analysis/groups/component_group.h"

#include "core/task/error.h"

#include <algorithm>
#include <set>

namespace residuum {

namespace {

constexpr const char* option = "--groups";

bool isWhole(const GroupMember& member, const Neuron& neuron) {
    const auto* component = std::get_if<Component>(&member);
    return component != nullptr && component->kind == ComponentKind::Mlp &&
           component->layer == neuron.layer;
}

GroupMember memberOf(const std::string& text, const Asking& asking) {
    if (const auto neuron = parseNeuron(text))
        return *neuron;
    if (const auto component = parseComponent(text);
        component &&
        (component->kind == ComponentKind::Head || component->kind == ComponentKind::Mlp))
        return *component;
    throw UsageError(asking.what, "\"" + text +
                                      "\" is no member of a group: a head (L1H6), an MLP (L2.mlp) "
                                      "or a neuron (L3N32) is expected");
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts{""};
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

void requireThere(const ComponentGroup& group, const GroupMember& member,
                  const ModelConfig& config) {
    const bool isLayer = layerOf(member) < config.n_layers;
    const auto* component = std::get_if<Component>(&member);
    const bool isThere =
        isLayer &&
        (component == nullptr ? std::get<Neuron>(member).index.value < config.d_mlp
         : component->kind == ComponentKind::Head ? component->head.value < config.n_heads
                                                  : true);
    if (!isThere)
        throw UsageError(option, "group \"" + group.name + "\": there is no " + label(member) +
                                     " in a model of " + std::to_string(config.n_layers) +
                                     " layers, " + std::to_string(config.n_heads) + " heads and " +
                                     std::to_string(config.d_mlp) + " neurons a layer");
}

} // namespace

std::string label(const GroupMember& member) {
    return std::visit([](const auto& each) { return label(each); }, member);
}

int layerOf(const GroupMember& member) {
    return std::visit([](const auto& each) { return each.layer.value; }, member);
}

std::string Codec<ComponentGroup>::text(const ComponentGroup& group) {
    std::string text = group.name + "=";
    for (std::size_t i = 0; i < group.members.size(); ++i)
        text += (i == 0 ? "" : "+") + label(group.members[i]);
    return text;
}

ComponentGroup Codec<ComponentGroup>::parse(const std::string& text, const Asking& asking,
                                            const TokenLookup&) {
    const auto end = text.find('=');
    if (end == std::string::npos)
        throw UsageError(asking.what, "\"" + text + "\": NAME=L1H6+L2.mlp+L3N32 is expected");
    ComponentGroup group{text.substr(0, end), {}};
    if (const auto problem = groupNameProblem(group.name); !problem.empty())
        throw UsageError(asking.what, "\"" + group.name + "\" cannot name a group: " + problem);
    for (const auto& part : split(text.substr(end + 1), '+'))
        group.members.push_back(memberOf(part, asking));
    return group;
}

void requireValid(const std::vector<ComponentGroup>& groups, const ModelConfig& config) {
    if (groups.empty())
        throw UsageError(option, "no group is given; NAME=L1H6+L2.mlp,… is expected");
    std::set<std::string> names;
    for (const auto& group : groups) {
        if (!names.insert(group.name).second)
            throw UsageError(option, "two groups are called \"" + group.name + "\"");
        if (group.members.empty())
            throw UsageError(option, "group \"" + group.name + "\" has no member");
        for (auto member = group.members.begin(); member != group.members.end(); ++member) {
            requireThere(group, *member, config);
            if (std::find(group.members.begin(), member, *member) != member)
                throw UsageError(option,
                                 "group \"" + group.name + "\" has " + label(*member) + " twice");
            const auto* neuron = std::get_if<Neuron>(&*member);
            if (neuron != nullptr &&
                std::any_of(group.members.begin(), group.members.end(),
                            [&](const auto& other) { return isWhole(other, *neuron); }))
                throw UsageError(option, "group \"" + group.name + "\" has " + label(*member) +
                                             " and the MLP that it is part of");
        }
    }
}

} // namespace residuum
