#include "analysis/question/thing.h"

#include "core/text/whole_number.h"

#include <functional>
#include <initializer_list>
#include <utility>

namespace residuum {

namespace {

using namespace std::string_view_literals;

constexpr auto position = " pos "sv;
constexpr auto edge = " to "sv;
constexpr auto column = " at "sv;
constexpr std::pair<std::string_view, ReceiverKind> headInputs[] = {
    {".q", ReceiverKind::Q}, {".k", ReceiverKind::K}, {".v", ReceiverKind::V}};

/// What stands before and after the first `mark`; empty where there is none.
std::optional<std::pair<std::string_view, std::string_view>> parted(std::string_view text,
                                                                    std::string_view mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos)
        return std::nullopt;
    return std::pair(text.substr(0, at), text.substr(at + mark.size()));
}

std::optional<std::int32_t> numberAfter(std::string_view text, std::string_view head) {
    return text.starts_with(head) ? parseWholeNumber(text.substr(head.size())) : std::nullopt;
}

std::optional<Position> parsePosition(std::string_view text) {
    const auto parts = parted(text, position);
    const auto layer = parts ? numberAfter(parts->first, "L") : std::nullopt;
    const auto at = parts ? parseWholeNumber(parts->second) : std::nullopt;
    if (!layer || !at)
        return std::nullopt;
    return Position{LayerIndex(*layer), PositionIndex(*at)};
}

std::optional<Place> parsePlace(std::string_view text) {
    const auto parts = parted(text, column);
    const auto layer = parts ? numberAfter(parts->first, "L") : std::nullopt;
    if (!layer || parts->second.empty())
        return std::nullopt;
    return Place{LayerIndex(*layer), std::string(parts->second)};
}

std::optional<PositionPair> parsePair(std::string_view text) {
    const auto parts = parted(text, edge);
    const auto query = parts ? numberAfter(parts->first, position.substr(1)) : std::nullopt;
    const auto key = parts ? numberAfter(parts->second, position.substr(1)) : std::nullopt;
    if (!query || !key)
        return std::nullopt;
    return PositionPair{PositionIndex(*query), PositionIndex(*key)};
}

std::optional<Receiver> parseReceiver(std::string_view text) {
    if (text == "logits")
        return Receiver{};
    for (const auto& [suffix, kind] : headInputs)
        if (text.ends_with(suffix)) {
            const auto head = parseComponent(text.substr(0, text.size() - suffix.size()));
            if (head && head->kind == ComponentKind::Head)
                return Receiver{kind, head->layer, head->head};
        }
    const auto mlp = parseComponent(text);
    if (!mlp || mlp->kind != ComponentKind::Mlp)
        return std::nullopt;
    return Receiver{ReceiverKind::Mlp, mlp->layer, {}};
}

std::optional<Edge> parseEdge(std::string_view text) {
    const auto parts = parted(text, edge);
    const auto sender = parts ? parseComponent(parts->first) : std::nullopt;
    const auto receiver = parts ? parseReceiver(parts->second) : std::nullopt;
    if (!sender || !receiver)
        return std::nullopt;
    return Edge{*sender, *receiver};
}

std::optional<TokenId> parseTokenId(std::string_view text) {
    const auto id = numberAfter(text, "#");
    return id ? std::optional(TokenId(*id)) : std::nullopt;
}

} // namespace

std::string groupNameProblem(const std::string& name) {
    if (name.empty())
        return "it is empty";
    if (name.find_first_of(",+=\n") != std::string::npos)
        return "it has a comma, a plus, an equals sign or a line break in it";
    return "";
}

std::string label(const Neuron& neuron) {
    return "L" + std::to_string(neuron.layer.value) + "N" + std::to_string(neuron.index.value);
}

std::string label(const Position& thing) {
    return labelAt("L" + std::to_string(thing.layer.value), thing.at);
}

std::string label(const Place& place) {
    return "L" + std::to_string(place.layer.value) + std::string(column) + place.column;
}

std::string label(const PositionPair& pair) {
    return (labelAt("", pair.query) + std::string(edge)).substr(1) +
           labelAt("", pair.key).substr(1);
}

std::string label(TokenId token) {
    return "#" + std::to_string(token.value);
}

std::string label(const Receiver& receiver) {
    if (receiver.kind == ReceiverKind::Logits)
        return "logits";
    if (receiver.kind == ReceiverKind::Mlp)
        return label(Component{ComponentKind::Mlp, receiver.layer, {}});
    auto text = label(Component{ComponentKind::Head, receiver.layer, receiver.head});
    for (const auto& [suffix, kind] : headInputs)
        if (kind == receiver.kind)
            text += suffix;
    return text;
}

std::string label(const Edge& thing) {
    return label(thing.sender) + std::string(edge) + label(thing.receiver);
}

std::string label(const Thing& thing) {
    return std::visit([](const auto& each) { return label(each); }, thing);
}

std::string labelAt(const std::string& place, PositionIndex at) {
    return place + std::string(position) + std::to_string(at.value);
}

std::optional<Neuron> parseNeuron(std::string_view text) {
    const auto parts = parted(text, "N");
    const auto layer = parts ? numberAfter(parts->first, "L") : std::nullopt;
    const auto index = parts ? parseWholeNumber(parts->second) : std::nullopt;
    if (!layer || !index)
        return std::nullopt;
    return Neuron{LayerIndex(*layer), NeuronIndex(*index)};
}

std::optional<Thing> parseThing(std::string_view text) {
    if (const auto component = parseComponent(text))
        return *component;
    if (const auto neuron = parseNeuron(text))
        return *neuron;
    if (const auto place = parsePosition(text))
        return *place;
    if (const auto place = parsePlace(text))
        return *place;
    if (const auto pair = parsePair(text))
        return *pair;
    if (const auto token = parseTokenId(text))
        return *token;
    if (const auto path = parseEdge(text))
        return *path;
    return std::nullopt;
}

std::size_t ThingHash::operator()(const Thing& thing) const noexcept {
    const auto mixed = [&](std::initializer_list<int> numbers) {
        std::size_t hash = thing.index();
        for (const int number : numbers)
            hash = (hash ^ static_cast<std::size_t>(number)) * 0x9E3779B97F4A7C15U;
        return hash;
    };
    struct Visitor {
        const decltype(mixed)& mix;
        std::size_t operator()(const Component& c) const {
            return mix({static_cast<int>(c.kind), c.layer.value, c.head.value});
        }
        std::size_t operator()(const Neuron& n) const {
            return mix({n.layer.value, n.index.value});
        }
        std::size_t operator()(const Position& p) const { return mix({p.layer.value, p.at.value}); }
        std::size_t operator()(const Place& p) const {
            return mix({p.layer.value, static_cast<int>(std::hash<std::string>()(p.column))});
        }
        std::size_t operator()(const PositionPair& p) const {
            return mix({p.query.value, p.key.value});
        }
        std::size_t operator()(TokenId token) const { return mix({token.value}); }
        std::size_t operator()(const Edge& e) const {
            return mix({static_cast<int>(e.sender.kind), e.sender.layer.value, e.sender.head.value,
                        static_cast<int>(e.receiver.kind), e.receiver.layer.value,
                        e.receiver.head.value});
        }
    };
    return std::visit(Visitor{mixed}, thing);
}

} // namespace residuum
