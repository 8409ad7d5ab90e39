#include "core/checkpoint/pickle.h"

#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <unordered_map>

namespace residuum::checkpoint {

namespace {

/// GPT-2 XL's state dict has some 10 000 values.
constexpr std::size_t maxNodes = 4'000'000;

constexpr std::array<std::string_view, 13> allowedGlobals = {"collections OrderedDict",
                                                             "torch._utils _rebuild_tensor_v2",
                                                             "torch._utils _rebuild_parameter",
                                                             "torch FloatStorage",
                                                             "torch HalfStorage",
                                                             "torch BFloat16Storage",
                                                             "torch DoubleStorage",
                                                             "torch LongStorage",
                                                             "torch IntStorage",
                                                             "torch ShortStorage",
                                                             "torch CharStorage",
                                                             "torch ByteStorage",
                                                             "torch BoolStorage"};

class Unpickler {
  public:
    Unpickler(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : file_(file), bytes_(bytes) {}

    Pickle read() {
        while (!step(static_cast<unsigned char>(take(1)[0]))) {
        }
        if (stack_.size() != 1 || !marks_.empty())
            fail("ends with " + std::to_string(stack_.size()) + " values, expected one");
        pickle_.root = stack_.back();
        pickle_.consumed = at_;
        return std::move(pickle_);
    }

  private:
    /// One opcode; true at STOP.
    bool step(unsigned char opcode) {
        switch (opcode) {
        case 0x80: // PROTO
            if (const auto protocol = integer(1); protocol > 5)
                fail("has the pickle protocol " + std::to_string(protocol) +
                     ", expected at most 5");
            break;
        case 0x95: // FRAME: only a hint for buffering
            (void)integer(8);
            break;
        case '.': // STOP
            return true;
        case '(': // MARK
            marks_.push_back(stack_.size());
            break;
        case '0': // POP
            (void)pop();
            break;
        default:
            if (!pushScalar(opcode) && !pushText(opcode) && !memo(opcode) && !collect(opcode) &&
                !resolve(opcode))
                refuseOpcode(opcode);
        }
        return false;
    }

    bool pushScalar(unsigned char opcode) {
        switch (opcode) {
        case 'N':
            push(PickleKind::None);
            return true;
        case 0x88:
        case 0x89:
            push(PickleKind::Bool, opcode == 0x88 ? 1 : 0);
            return true;
        case 'K':
            push(PickleKind::Integer, static_cast<std::int64_t>(integer(1)));
            return true;
        case 'M':
            push(PickleKind::Integer, static_cast<std::int64_t>(integer(2)));
            return true;
        case 'J':
            push(PickleKind::Integer, static_cast<std::int32_t>(integer(4)));
            return true;
        case 0x8A:
            pushLong(integer(1));
            return true;
        case 'G': // BINFLOAT: no state dict's structure depends on one
            (void)take(8);
            push(PickleKind::Real);
            return true;
        default:
            return false;
        }
    }

    /// LONG1: little-endian two's complement.
    void pushLong(std::uint64_t size) {
        const auto raw = take(size);
        if (size > 8)
            fail("has an integer of " + std::to_string(size) + " bytes, expected at most 8");
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
        if (size > 0 && size < 8 && (static_cast<unsigned>(raw[size - 1]) & 0x80U) != 0)
            value |= ~std::uint64_t{0} << (8 * size);
        push(PickleKind::Integer, static_cast<std::int64_t>(value));
    }

    bool pushText(unsigned char opcode) {
        std::uint64_t size = 0;
        switch (opcode) {
        case 'X': // BINUNICODE
        case 'T': // BINSTRING, from Python 2
            size = integer(4);
            break;
        case 0x8C: // SHORT_BINUNICODE
        case 'U':  // SHORT_BINSTRING, from Python 2
            size = integer(1);
            break;
        case 0x8D: // BINUNICODE8
            size = integer(8);
            break;
        default:
            return false;
        }
        const auto raw = take(size);
        push(PickleKind::Text);
        pickle_.nodes.back().text.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
        return true;
    }

    bool memo(unsigned char opcode) {
        switch (opcode) {
        case 'q':
        case 'r':
            memo_[integer(opcode == 'q' ? 1 : 4)] = top();
            return true;
        case 0x94: // MEMOIZE
            memo_[memo_.size()] = top();
            return true;
        case 'h':
        case 'j': {
            const std::uint64_t key = integer(opcode == 'h' ? 1 : 4);
            const auto found = memo_.find(key);
            if (found == memo_.end())
                fail("refers to value " + std::to_string(key) + ", which it has not stored");
            stack_.push_back(found->second);
            return true;
        }
        default:
            return false;
        }
    }

    bool collect(unsigned char opcode) {
        switch (opcode) {
        case '}':
            push(PickleKind::Dict);
            return true;
        case ']':
            push(PickleKind::List);
            return true;
        case ')':
            push(PickleKind::Tuple);
            return true;
        case 't':
            pushTuple(popToMark());
            return true;
        case 0x85:
        case 0x86:
        case 0x87:
            pushTuple(popMany(opcode - 0x84U));
            return true;
        case 'a':
            extend(PickleKind::List, popMany(1));
            return true;
        case 'e':
            extend(PickleKind::List, popToMark());
            return true;
        case 's':
            extend(PickleKind::Dict, popMany(2));
            return true;
        case 'u':
            extend(PickleKind::Dict, popToMark());
            return true;
        default:
            return false;
        }
    }

    /// The opcodes that would run code in Python. Here they only tag data.
    bool resolve(unsigned char opcode) {
        switch (opcode) {
        case 'c': { // GLOBAL: module and name, each up to a line break
            const std::string module = takeLine();
            pushGlobal(module + " " + takeLine());
            return true;
        }
        case 0x93: { // STACK_GLOBAL
            const std::string className = expect(pop(), PickleKind::Text).text;
            pushGlobal(expect(pop(), PickleKind::Text).text + " " + className);
            return true;
        }
        case 'Q': { // BINPERSID
            const PickleNode& id = expect(pop(), PickleKind::Tuple);
            std::vector<std::uint32_t> items = id.items;
            push(PickleKind::Storage);
            pickle_.nodes.back().items = std::move(items);
            return true;
        }
        case 'R': { // REDUCE
            const std::vector<std::uint32_t> arguments = expect(pop(), PickleKind::Tuple).items;
            reduce(expect(pop(), PickleKind::Global).text, arguments);
            return true;
        }
        case 'b': // BUILD: attributes of an OrderedDict (a state dict's _metadata), of no use here
            (void)pop();
            (void)expect(top(), PickleKind::Dict);
            return true;
        default:
            return false;
        }
    }

    void pushGlobal(const std::string& global) {
        if (std::find(allowedGlobals.begin(), allowedGlobals.end(), global) ==
            allowedGlobals.end()) {
            std::string dotted = global;
            std::replace(dotted.begin(), dotted.end(), ' ', '.');
            fail("asks for the Python object " + oneLine(dotted, 120) +
                 ", which no plain state dict needs; nothing was executed. Save the weights alone "
                 "(model.state_dict(), or safetensors)");
        }
        push(PickleKind::Global);
        pickle_.nodes.back().text = global;
    }

    void reduce(const std::string& global, const std::vector<std::uint32_t>& arguments) {
        if (global == "collections OrderedDict") {
            if (!arguments.empty())
                fail("makes an OrderedDict of a list, expected an empty one filled entry by entry");
            push(PickleKind::Dict);
        } else if (global == "torch._utils _rebuild_tensor_v2") {
            if (arguments.size() < 4)
                fail("rebuilds a tensor of " + std::to_string(arguments.size()) +
                     " arguments, expected storage, offset, size and stride");
            push(PickleKind::Tensor);
            pickle_.nodes.back().items = arguments;
        } else if (global == "torch._utils _rebuild_parameter") {
            if (arguments.empty() || node(arguments[0]).kind != PickleKind::Tensor)
                fail("rebuilds a parameter of something that is no tensor");
            stack_.push_back(arguments[0]);
        } else {
            fail("calls " + global + ", expected OrderedDict or a tensor");
        }
    }

    std::span<const std::byte> take(std::uint64_t size) {
        if (size > bytes_.size() - at_)
            fail("ends in the middle of a value; the file is truncated or damaged");
        const auto taken = bytes_.subspan(at_, size);
        at_ += size;
        return taken;
    }

    std::uint64_t integer(std::size_t size) {
        const auto raw = take(size);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
        return value;
    }

    std::string takeLine() {
        std::string line;
        for (auto c = take(1)[0]; c != std::byte{'\n'}; c = take(1)[0]) {
            line += static_cast<char>(c);
            if (line.size() > 1000)
                fail("has a class name of more than 1000 bytes");
        }
        return line;
    }

    void push(PickleKind kind, std::int64_t number = 0) {
        if (pickle_.nodes.size() >= maxNodes)
            fail("has more than " + std::to_string(maxNodes) + " values; no state dict has");
        stack_.push_back(static_cast<std::uint32_t>(pickle_.nodes.size()));
        pickle_.nodes.push_back(PickleNode{kind, number, {}, {}});
    }

    void pushTuple(std::vector<std::uint32_t> items) {
        push(PickleKind::Tuple);
        pickle_.nodes.back().items = std::move(items);
    }

    void extend(PickleKind kind, const std::vector<std::uint32_t>& items) {
        if (kind == PickleKind::Dict && items.size() % 2 != 0)
            fail("adds a key without a value to a dict");
        (void)expect(top(), kind);
        std::vector<std::uint32_t>& target = pickle_.nodes[top()].items;
        target.insert(target.end(), items.begin(), items.end());
    }

    /// Values below the last mark belong to what was begun before it.
    void requireValues(std::size_t count) const {
        const std::size_t floor = marks_.empty() ? 0 : marks_.back();
        if (stack_.size() < floor + count)
            fail("takes a value where there is none");
    }

    std::uint32_t top() const {
        requireValues(1);
        return stack_.back();
    }

    std::uint32_t pop() {
        const std::uint32_t index = top();
        stack_.pop_back();
        return index;
    }

    std::vector<std::uint32_t> popMany(std::size_t count) {
        requireValues(count);
        std::vector<std::uint32_t> items(stack_.end() - static_cast<std::ptrdiff_t>(count),
                                         stack_.end());
        stack_.resize(stack_.size() - count);
        return items;
    }

    std::vector<std::uint32_t> popToMark() {
        if (marks_.empty())
            fail("ends a group that it has not begun");
        auto items = popMany(stack_.size() - marks_.back());
        marks_.pop_back();
        return items;
    }

    const PickleNode& node(std::uint32_t index) const { return pickle_.nodes.at(index); }

    const PickleNode& expect(std::uint32_t index, PickleKind kind) const {
        if (node(index).kind != kind)
            fail("has a value of the wrong kind at byte " + std::to_string(at_));
        return node(index);
    }

    [[noreturn]] void refuseOpcode(unsigned char opcode) const {
        std::array<char, 8> code{};
        std::snprintf(code.data(), code.size(), "0x%02X", opcode);
        fail(std::string("uses the opcode ") + code.data() + " at byte " + std::to_string(at_ - 1) +
             ", which no plain state dict needs; nothing was executed");
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(file_.string(), "its pickle " + reason);
    }

    const std::filesystem::path& file_;
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    Pickle pickle_;
    std::vector<std::uint32_t> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, std::uint32_t> memo_;
};

} // namespace

Pickle readPickle(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    return Unpickler(file, bytes).read();
}

} // namespace residuum::checkpoint
