// What numbers are about: the things that plots show, pins mark and differences match. Each kind
// has one label and one parser; things of different models are the same where they are equal.
#pragma once

#include "analysis/question/component.h"
#include "core/index.h"

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace residuum {

/// A neuron of a layer's MLP.
struct Neuron {
    LayerIndex layer;
    NeuronIndex index;

    friend auto operator<=>(const Neuron&, const Neuron&) = default;
};

/// A layer's residual stream (or what is added to it) at one token.
struct Position {
    LayerIndex layer;
    PositionIndex at;

    friend auto operator<=>(const Position&, const Position&) = default;
};

/// The same at a column of means over prompts that differ in length: what words are in their task
/// ("S2"), or so many positions from the end ("-1").
struct Place {
    LayerIndex layer;
    std::string column;

    friend auto operator<=>(const Place&, const Place&) = default;
};

/// Attention from one token to another.
struct PositionPair {
    PositionIndex query, key;

    friend auto operator<=>(const PositionPair&, const PositionPair&) = default;
};

enum class ReceiverKind { Q, K, V, Mlp, Logits };

/// What reads the residual stream: a head's query, key or value, an MLP, the logits. `layer` counts
/// for all but the logits, `head` only for heads' inputs.
struct Receiver {
    ReceiverKind kind = ReceiverKind::Logits;
    LayerIndex layer;
    HeadIndex head;

    friend auto operator<=>(const Receiver&, const Receiver&) = default;
};

/// From what a component writes to what reads it.
struct Edge {
    Component sender;
    Receiver receiver;

    friend auto operator<=>(const Edge&, const Edge&) = default;
};

using Thing = std::variant<Component, Neuron, Position, PositionPair, TokenId, Edge, Place>;

std::string label(const Neuron& neuron);     ///< "L11N584"
std::string label(const Position& position); ///< "L3 pos 11"
std::string label(const Place& place);       ///< "L3 at S2", "L3 at -1"
std::string label(const PositionPair& pair); ///< "pos 11 to pos 4"
std::string label(TokenId token);            ///< "#5335"
std::string label(const Receiver& receiver); ///< "L1H3.q", "L1.mlp", "logits"
std::string label(const Edge& edge);         ///< "L0H1 to L1H3.q"
std::string label(const Thing& thing);
/// "L2H7 pos 4": what `place` names, at one token.
std::string labelAt(const std::string& place, PositionIndex position);

/// Why things cannot be gathered under such a name, in a few words; "": they can.
std::string groupNameProblem(const std::string& name);

/// The inverses of `label`; empty for anything else.
std::optional<Neuron> parseNeuron(std::string_view label);
std::optional<Thing> parseThing(std::string_view label);

/// For tables by thing.
struct ThingHash {
    std::size_t operator()(const Thing& thing) const noexcept;
};

} // namespace residuum
