#include "core/checkpoint/pickle_machine.h"

#include "core/task/error.h"

#include <utility>

namespace residuum::checkpoint {

namespace {

/// GPT-2 XL's state dict has some 10 000 values.
constexpr std::size_t maxNodes = 4'000'000;

} // namespace

std::span<const std::byte> PickleMachine::take(std::uint64_t size) {
    if (size > bytes_.size() - at_)
        fail("ends in the middle of a value; the file is truncated or damaged");
    const auto taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
}

std::uint64_t PickleMachine::integer(std::size_t size) {
    const auto raw = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
    return value;
}

std::string PickleMachine::takeLine() {
    std::string line;
    for (auto c = take(1)[0]; c != std::byte{'\n'}; c = take(1)[0]) {
        line += static_cast<char>(c);
        if (line.size() > 1000)
            fail("has a class name of more than 1000 bytes");
    }
    return line;
}

PickleNode& PickleMachine::push(PickleKind kind, std::int64_t number) {
    if (pickle_.nodes.size() >= maxNodes)
        fail("has more than " + std::to_string(maxNodes) + " values; no state dict has");
    pushIndex(static_cast<std::uint32_t>(pickle_.nodes.size()));
    return pickle_.nodes.emplace_back(PickleNode{kind, number, {}, {}});
}

void PickleMachine::pushIndex(std::uint32_t index) {
    if (stack_.size() >= maxNodes)
        fail("has more than " + std::to_string(maxNodes) + " values at once; no state dict has");
    stack_.push_back(index);
}

/// Values below the last mark belong to what was begun before it.
void PickleMachine::requireValues(std::size_t count) const {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() < floor + count)
        fail("takes a value where there is none");
}

std::uint32_t PickleMachine::top() const {
    requireValues(1);
    return stack_.back();
}

std::uint32_t PickleMachine::pop() {
    const std::uint32_t index = top();
    stack_.pop_back();
    return index;
}

std::vector<std::uint32_t> PickleMachine::popMany(std::size_t count) {
    requireValues(count);
    std::vector<std::uint32_t> items(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                     stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
}

void PickleMachine::mark() {
    if (marks_.size() >= maxNodes)
        fail("begins more than " + std::to_string(maxNodes) + " groups at once");
    marks_.push_back(stack_.size());
}

std::vector<std::uint32_t> PickleMachine::popToMark() {
    if (marks_.empty())
        fail("ends a group that it has not begun");
    auto items = popMany(stack_.size() - marks_.back());
    marks_.pop_back();
    return items;
}

void PickleMachine::remember(std::uint64_t key) {
    if (memo_.size() >= maxNodes)
        fail("stores more than " + std::to_string(maxNodes) + " values; no state dict does");
    memo_[key] = top();
}

void PickleMachine::recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end())
        fail("refers to value " + std::to_string(key) + ", which it has not stored");
    pushIndex(found->second);
}

PickleNode& PickleMachine::expect(std::uint32_t index, PickleKind kind) {
    if (node(index).kind != kind)
        fail("has a value of the wrong kind at byte " + std::to_string(at_));
    return node(index);
}

Pickle PickleMachine::finish() {
    if (stack_.size() != 1 || !marks_.empty())
        fail("ends with " + std::to_string(stack_.size()) + " values, expected one");
    pickle_.root = stack_.back();
    pickle_.consumed = at_;
    return std::move(pickle_);
}

void PickleMachine::fail(const std::string& reason) const {
    throw Error(file_.string(), "its pickle " + reason);
}

} // namespace residuum::checkpoint
