// The stack machine under the unpickler: bytes in, inert nodes on a stack. No opcodes here.
#pragma once

#include "core/checkpoint/pickle.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace residuum::checkpoint {

/// Every member checks its bounds and throws Error; sizes are limited, so that no pickle takes much
/// more memory than its file has bytes.
class PickleMachine {
  public:
    PickleMachine(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : file_(file), bytes_(bytes) {}

    /// The next `size` bytes.
    std::span<const std::byte> take(std::uint64_t size);
    /// The next `size` bytes as a little-endian integer.
    std::uint64_t integer(std::size_t size);
    /// The bytes up to the next line break, which is left out.
    std::string takeLine();
    std::size_t position() const { return at_; }

    /// Makes a node, puts it on the stack and returns it.
    PickleNode& push(PickleKind kind, std::int64_t number = 0);
    /// Puts a node that exists on the stack.
    void pushIndex(std::uint32_t index);
    std::uint32_t top() const;
    std::uint32_t pop();
    std::vector<std::uint32_t> popMany(std::size_t count);
    /// Begins a group; popToMark takes what was pushed since.
    void mark();
    std::vector<std::uint32_t> popToMark();

    void remember(std::uint64_t key);
    void rememberNext() { remember(memo_.size()); }
    void recall(std::uint64_t key);

    PickleNode& node(std::uint32_t index) { return pickle_.nodes.at(index); }
    /// The node, which has to be of this kind. The reference stays valid while nodes are made.
    PickleNode& expect(std::uint32_t index, PickleKind kind);

    /// What the pickle built; exactly one value has to be left.
    Pickle finish();

    [[noreturn]] void fail(const std::string& reason) const;

  private:
    void requireValues(std::size_t count) const;

    const std::filesystem::path& file_;
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    Pickle pickle_;
    std::vector<std::uint32_t> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, std::uint32_t> memo_;
};

} // namespace residuum::checkpoint
