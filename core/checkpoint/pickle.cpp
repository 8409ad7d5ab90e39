#include "core/checkpoint/pickle.h"

#include "core/checkpoint/pickle_machine.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace residuum::checkpoint {

namespace {

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

/// The opcodes. The machine under them knows bounds and sizes.
class Unpickler {
  public:
    Unpickler(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : machine_(file, bytes) {}

    Pickle read() {
        while (!step(static_cast<unsigned char>(machine_.take(1)[0]))) {
        }
        return machine_.finish();
    }

  private:
    /// One opcode; true at STOP.
    bool step(unsigned char opcode) {
        switch (opcode) {
        case 0x80: // PROTO
            if (const auto protocol = machine_.integer(1); protocol > 5)
                machine_.fail("has the pickle protocol " + std::to_string(protocol) +
                              ", expected at most 5");
            break;
        case 0x95: // FRAME: only a hint for buffering
            (void)machine_.integer(8);
            break;
        case '.': // STOP
            return true;
        case '(': // MARK
            machine_.mark();
            break;
        case '0': // POP
            (void)machine_.pop();
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
            machine_.push(PickleKind::None);
            return true;
        case 0x88:
        case 0x89:
            machine_.push(PickleKind::Bool, opcode == 0x88 ? 1 : 0);
            return true;
        case 'K':
            pushInteger(machine_.integer(1));
            return true;
        case 'M':
            pushInteger(machine_.integer(2));
            return true;
        case 'J': // signed
            machine_.push(PickleKind::Integer, static_cast<std::int32_t>(machine_.integer(4)));
            return true;
        case 0x8A:
            pushLong(machine_.integer(1));
            return true;
        case 'G': // BINFLOAT: no state dict's structure depends on one
            (void)machine_.take(8);
            machine_.push(PickleKind::Real);
            return true;
        default:
            return false;
        }
    }

    void pushInteger(std::uint64_t value) {
        machine_.push(PickleKind::Integer, static_cast<std::int64_t>(value));
    }

    /// LONG1: little-endian two's complement.
    void pushLong(std::uint64_t size) {
        if (size > 8)
            machine_.fail("has an integer of " + std::to_string(size) +
                          " bytes, expected at most 8");
        std::uint64_t value = machine_.integer(size);
        if (size > 0 && size < 8 && (value >> (8 * size - 1)) != 0)
            value |= ~std::uint64_t{0} << (8 * size);
        pushInteger(value);
    }

    bool pushText(unsigned char opcode) {
        std::uint64_t size = 0;
        switch (opcode) {
        case 'X': // BINUNICODE
        case 'T': // BINSTRING, from Python 2
            size = machine_.integer(4);
            break;
        case 0x8C: // SHORT_BINUNICODE
        case 'U':  // SHORT_BINSTRING, from Python 2
            size = machine_.integer(1);
            break;
        case 0x8D: // BINUNICODE8
            size = machine_.integer(8);
            break;
        default:
            return false;
        }
        const auto raw = machine_.take(size);
        machine_.push(PickleKind::Text)
            .text.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
        return true;
    }

    bool memo(unsigned char opcode) {
        switch (opcode) {
        case 'q':
        case 'r':
            machine_.remember(machine_.integer(opcode == 'q' ? 1 : 4));
            return true;
        case 0x94: // MEMOIZE
            machine_.rememberNext();
            return true;
        case 'h':
        case 'j':
            machine_.recall(machine_.integer(opcode == 'h' ? 1 : 4));
            return true;
        default:
            return false;
        }
    }

    bool collect(unsigned char opcode) {
        switch (opcode) {
        case '}':
            machine_.push(PickleKind::Dict);
            return true;
        case ']':
            machine_.push(PickleKind::List);
            return true;
        case ')':
            machine_.push(PickleKind::Tuple);
            return true;
        case 't':
            pushTuple(machine_.popToMark());
            return true;
        case 0x85:
        case 0x86:
        case 0x87:
            pushTuple(machine_.popMany(opcode - 0x84U));
            return true;
        case 'a':
            extend(PickleKind::List, machine_.popMany(1));
            return true;
        case 'e':
            extend(PickleKind::List, machine_.popToMark());
            return true;
        case 's':
            extend(PickleKind::Dict, machine_.popMany(2));
            return true;
        case 'u':
            extend(PickleKind::Dict, machine_.popToMark());
            return true;
        default:
            return false;
        }
    }

    void pushTuple(std::vector<std::uint32_t> items) {
        machine_.push(PickleKind::Tuple).items = std::move(items);
    }

    void extend(PickleKind kind, const std::vector<std::uint32_t>& items) {
        if (kind == PickleKind::Dict && items.size() % 2 != 0)
            machine_.fail("adds a key without a value to a dict");
        std::vector<std::uint32_t>& target = machine_.expect(machine_.top(), kind).items;
        target.insert(target.end(), items.begin(), items.end());
    }

    /// The opcodes that would run code in Python. Here they only tag data.
    bool resolve(unsigned char opcode) {
        switch (opcode) {
        case 'c': { // GLOBAL: module and name, each up to a line break
            const std::string module = machine_.takeLine();
            pushGlobal(module + " " + machine_.takeLine());
            return true;
        }
        case 0x93: { // STACK_GLOBAL
            const std::string& className = popped(PickleKind::Text).text;
            pushGlobal(popped(PickleKind::Text).text + " " + className);
            return true;
        }
        case 'Q': // BINPERSID
            keepFirst(PickleKind::Storage, popped(PickleKind::Tuple).items, 6);
            return true;
        case 'R': { // REDUCE
            const std::vector<std::uint32_t>& arguments = popped(PickleKind::Tuple).items;
            reduce(popped(PickleKind::Global).text, arguments);
            return true;
        }
        case 'b': // BUILD: attributes of an OrderedDict (a state dict's _metadata), of no use here
            (void)machine_.pop();
            (void)machine_.expect(machine_.top(), PickleKind::Dict);
            return true;
        default:
            return false;
        }
    }

    const PickleNode& popped(PickleKind kind) { return machine_.expect(machine_.pop(), kind); }

    /// A node of at most `limit` of the items: one long tuple used a million times must not become
    /// a million long tuples.
    void keepFirst(PickleKind kind, const std::vector<std::uint32_t>& items, std::size_t limit) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(limit, items.size()));
        machine_.push(kind).items.assign(items.begin(), items.begin() + count);
    }

    void pushGlobal(const std::string& global) {
        if (std::find(allowedGlobals.begin(), allowedGlobals.end(), global) ==
            allowedGlobals.end()) {
            std::string dotted = global;
            std::replace(dotted.begin(), dotted.end(), ' ', '.');
            machine_.fail("asks for the Python object " + oneLine(dotted, 120) +
                          ", which no plain state dict needs; nothing was executed. Save the "
                          "weights alone (model.state_dict(), or safetensors)");
        }
        machine_.push(PickleKind::Global).text = global;
    }

    void reduce(const std::string& global, const std::vector<std::uint32_t>& arguments) {
        if (global == "collections OrderedDict") {
            if (!arguments.empty())
                machine_.fail("makes an OrderedDict of a list, expected an empty one filled entry "
                              "by entry");
            machine_.push(PickleKind::Dict);
        } else if (global == "torch._utils _rebuild_tensor_v2") {
            if (arguments.size() < 4)
                machine_.fail("rebuilds a tensor of " + std::to_string(arguments.size()) +
                              " arguments, expected storage, offset, size and stride");
            keepFirst(PickleKind::Tensor, arguments, 4);
        } else if (global == "torch._utils _rebuild_parameter") {
            if (arguments.empty() || machine_.node(arguments[0]).kind != PickleKind::Tensor)
                machine_.fail("rebuilds a parameter of something that is no tensor");
            machine_.pushIndex(arguments[0]);
        } else {
            machine_.fail("calls " + global + ", expected OrderedDict or a tensor");
        }
    }

    [[noreturn]] void refuseOpcode(unsigned char opcode) const {
        std::array<char, 8> code{};
        std::snprintf(code.data(), code.size(), "0x%02X", opcode);
        machine_.fail(std::string("uses the opcode ") + code.data() + " at byte " +
                      std::to_string(machine_.position() - 1) +
                      ", which no plain state dict needs; nothing was executed");
    }

    PickleMachine machine_;
};

} // namespace

Pickle readPickle(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    return Unpickler(file, bytes).read();
}

} // namespace residuum::checkpoint
