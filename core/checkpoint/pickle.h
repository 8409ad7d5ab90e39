// An unpickler that understands what a PyTorch state dict is made of and refuses everything else.
// It builds inert data: no class is looked up, nothing is called, no import takes place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace residuum::checkpoint {

enum class PickleKind {
    None,
    Bool,
    Integer,
    Real,
    Text,
    Tuple,
    List,
    Dict,
    Global,
    Storage,
    Tensor
};

/// One value; others are referred to by their index in Pickle::nodes, so that neither cycles nor
/// depth can hurt. Fields by kind: number (Bool, Integer), text (Text; Global as "module name"),
/// items (Tuple, List; Dict as key, value, key, value …; Storage as its persistent id's items;
/// Tensor as _rebuild_tensor_v2's first four arguments: storage, offset, size, stride).
struct PickleNode {
    PickleKind kind = PickleKind::None;
    std::int64_t number = 0;
    std::string text;
    std::vector<std::uint32_t> items;
};

struct Pickle {
    std::deque<PickleNode> nodes;
    std::uint32_t root = 0;
    std::size_t consumed = 0; ///< bytes up to and including STOP

    const PickleNode& at(std::uint32_t index) const { return nodes.at(index); }
    const PickleNode& top() const { return nodes.at(root); }
};

/// Reads one pickle from the front of `bytes`. `file` is for messages. Throws Error for opcodes and
/// classes outside the whitelist (the class is named) and for malformed streams.
Pickle readPickle(const std::filesystem::path& file, std::span<const std::byte> bytes);

} // namespace residuum::checkpoint
