#include "core/checkpoint/state_dict.h"

#include "core/checkpoint/json_text.h"
#include "core/task/error.h"

#include <cstring>
#include <map>
#include <set>

namespace residuum::checkpoint {

namespace {

std::optional<ElementType> elementType(const std::string& storageClass) {
    static const std::map<std::string, ElementType> table = {
        {"torch FloatStorage", ElementType::Float32},
        {"torch DoubleStorage", ElementType::Float64},
        {"torch HalfStorage", ElementType::Float16},
        {"torch BFloat16Storage", ElementType::BFloat16},
        {"torch LongStorage", ElementType::Int64},
        {"torch IntStorage", ElementType::Int32},
        {"torch ShortStorage", ElementType::Int16},
        {"torch CharStorage", ElementType::Int8},
        {"torch ByteStorage", ElementType::UInt8},
        {"torch BoolStorage", ElementType::Bool}};
    const auto found = table.find(storageClass);
    return found == table.end() ? std::nullopt : std::optional(found->second);
}

/// Where a tensor's elements lie in its storage.
struct Layout {
    std::int64_t offset = 0;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
};

bool isContiguous(const Layout& layout) {
    std::int64_t expected = 1;
    for (std::size_t i = layout.shape.size(); i-- > 0;) {
        if (layout.shape[i] != 1 && layout.strides[i] != expected)
            return false;
        expected *= layout.shape[i];
    }
    return true;
}

/// One past the last element; empty on overflow. `count` is the product of the shape.
std::optional<std::int64_t> endOf(const Layout& layout, std::int64_t count) {
    std::int64_t end = layout.offset;
    if (count == 0)
        return end;
    for (std::size_t i = 0; i < layout.shape.size(); ++i) {
        std::int64_t reach = 0;
        if (__builtin_mul_overflow(layout.shape[i] - 1, layout.strides[i], &reach) ||
            __builtin_add_overflow(end, reach, &end))
            return std::nullopt;
    }
    return __builtin_add_overflow(end, 1, &end) ? std::nullopt : std::optional(end);
}

/// Row-major copy of a strided tensor.
std::shared_ptr<std::vector<std::byte>> gather(std::span<const std::byte> storage,
                                               const Layout& layout, std::int64_t count,
                                               std::size_t size) {
    auto copy = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(count) * size);
    std::vector<std::int64_t> index(layout.shape.size(), 0);
    std::int64_t from = layout.offset;
    for (std::int64_t to = 0; to < count; ++to) {
        std::memcpy(copy->data() + static_cast<std::size_t>(to) * size,
                    storage.data() + static_cast<std::size_t>(from) * size, size);
        for (std::size_t axis = layout.shape.size(); axis-- > 0;) {
            if (layout.shape[axis] == 1)
                continue; // its stride may be anything, even one that overflows
            from += layout.strides[axis];
            if (++index[axis] < layout.shape[axis])
                break;
            from -= layout.strides[axis] * layout.shape[axis];
            index[axis] = 0;
        }
    }
    return copy;
}

class StateDictReader {
  public:
    StateDictReader(const std::filesystem::path& file, const Pickle& pickle,
                    const FindStorage& storage, RawCheckpoint& into)
        : file_(file), pickle_(pickle), storage_(storage), into_(into) {}

    void read() {
        if (pickle_.top().kind != PickleKind::Dict)
            throw Error(file_.string(), "does not hold a state dict (a dict of tensors); save "
                                        "model.state_dict() instead of the model");
        const std::vector<std::uint32_t>& items = pickle_.top().items;
        std::set<std::string> names;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            const PickleNode& key = pickle_.at(items[i]);
            const PickleNode& value = pickle_.at(items[i + 1]);
            if (key.kind != PickleKind::Text || !isUtf8(key.text))
                throw Error(file_.string(), "has an entry whose key is not a name; expected a "
                                            "state dict (tensors by name)");
            if (value.kind != PickleKind::Tensor)
                throw Error(file_.string() + ", entry " + key.text,
                            "is not a tensor; expected a plain state dict (save "
                            "model.state_dict() alone, without optimiser or wrapper)");
            if (!names.insert(key.text).second)
                throw Error(subject(file_, key.text), "is there twice");
            into_.tensors.push_back(readTensor(key.text, value));
        }
    }

  private:
    RawTensor readTensor(const std::string& tensorName, const PickleNode& node) {
        const std::string at = subject(file_, tensorName);
        const StorageId id = storageId(file_, pickle_, pickle_.at(node.items.at(0)));
        const PickleNode& offset = pickle_.at(node.items.at(1));
        const auto shape = integers(node.items.at(2));
        const auto strides = integers(node.items.at(3));
        if (offset.kind != PickleKind::Integer || offset.number < 0 || !shape || !strides ||
            shape->size() != strides->size())
            throw Error(at, "is described by something else than a storage offset, a size and a "
                            "stride of non-negative integers");
        const Layout layout{offset.number, *shape, *strides};
        const std::size_t size = byteSize(id.type);
        const auto storage = storage_(id.key);
        const auto stored = byteCount({id.count}, size);
        if (!stored || static_cast<std::uint64_t>(*stored) > storage.size())
            throw Error(at, "needs a storage of " + std::to_string(id.count) + " " + name(id.type) +
                                " elements, found " + std::to_string(storage.size()) +
                                " bytes; the file is truncated or damaged");
        const auto count = elementCount(*shape);
        const auto end = count ? endOf(layout, *count) : std::nullopt;
        if (!end || *end > id.count)
            throw Error(at, "of shape " + shapeText(*shape) + " at offset " +
                                std::to_string(offset.number) + " reaches outside its storage of " +
                                std::to_string(id.count) + " elements");
        RawTensor tensor{tensorName, id.type, *shape, {}, file_};
        if (*count == 0 || isContiguous(layout)) {
            tensor.bytes = storage.subspan(static_cast<std::size_t>(layout.offset) * size,
                                           static_cast<std::size_t>(*count) * size);
            return tensor;
        }
        // An expanded tensor (stride 0) could ask for any amount of memory.
        if (*count > id.count)
            throw Error(at, "repeats elements of its storage (an expanded tensor); save a "
                            "contiguous copy");
        const auto copy = gather(storage, layout, *count, size);
        into_.copies.push_back(copy);
        tensor.bytes = *copy;
        return tensor;
    }

    std::optional<std::vector<std::int64_t>> integers(std::uint32_t index) const {
        const PickleNode& list = pickle_.at(index);
        if (list.kind != PickleKind::Tuple && list.kind != PickleKind::List)
            return std::nullopt;
        std::vector<std::int64_t> values;
        for (const std::uint32_t item : list.items) {
            const PickleNode& value = pickle_.at(item);
            if (value.kind != PickleKind::Integer || value.number < 0)
                return std::nullopt;
            values.push_back(value.number);
        }
        return values;
    }

    const std::filesystem::path& file_;
    const Pickle& pickle_;
    const FindStorage& storage_;
    RawCheckpoint& into_;
};

} // namespace

StorageId storageId(const std::filesystem::path& file, const Pickle& pickle,
                    const PickleNode& node) {
    if (node.kind == PickleKind::Storage && node.items.size() >= 5) {
        const PickleNode& tag = pickle.at(node.items[0]);
        const PickleNode& storageClass = pickle.at(node.items[1]);
        const PickleNode& key = pickle.at(node.items[2]);
        const PickleNode& count = pickle.at(node.items[4]);
        // A sixth item is an older PyTorch's view into another storage.
        const bool view =
            node.items.size() > 5 && pickle.at(node.items[5]).kind != PickleKind::None;
        const auto type = elementType(storageClass.text);
        if (tag.text == "storage" && storageClass.kind == PickleKind::Global && type &&
            key.kind == PickleKind::Text && count.kind == PickleKind::Integer &&
            count.number >= 0 && !view)
            return {*type, key.text, count.number};
    }
    throw Error(file.string(), "refers to something else than a storage of a known type; expected "
                               "a plain state dict");
}

void readStateDict(const std::filesystem::path& file, const Pickle& pickle,
                   const FindStorage& storage, RawCheckpoint& into) {
    StateDictReader(file, pickle, storage, into).read();
}

} // namespace residuum::checkpoint
