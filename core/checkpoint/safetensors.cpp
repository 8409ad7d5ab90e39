#include "core/checkpoint/safetensors.h"

#include "core/checkpoint/foreign_file.h"
#include "core/checkpoint/json_text.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

namespace residuum::checkpoint {

namespace {

constexpr std::uint64_t maxHeaderBytes = 100'000'000;
constexpr std::size_t lengthBytes = 8;

const std::map<std::string, ElementType, std::less<>>& dtypes() {
    static const std::map<std::string, ElementType, std::less<>> table = {
        {"BOOL", ElementType::Bool},      {"U8", ElementType::UInt8},
        {"I8", ElementType::Int8},        {"F8_E5M2", ElementType::Float8},
        {"F8_E4M3", ElementType::Float8}, {"I16", ElementType::Int16},
        {"U16", ElementType::UInt16},     {"F16", ElementType::Float16},
        {"BF16", ElementType::BFloat16},  {"I32", ElementType::Int32},
        {"U32", ElementType::UInt32},     {"F32", ElementType::Float32},
        {"I64", ElementType::Int64},      {"U64", ElementType::UInt64},
        {"F64", ElementType::Float64},
    };
    return table;
}

std::uint64_t littleEndian64(const std::byte* bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return value;
}

struct Entry {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    RawTensor tensor;
};

class Reader {
  public:
    explicit Reader(const MappedFile& file) : file_(file) {}

    std::vector<RawTensor> read() {
        const std::string_view header = findHeader();
        const nlohmann::json json = parseObject(file_.path(), header);
        const auto data = file_.bytes().subspan(lengthBytes + header.size());
        dataBytes_ = static_cast<std::int64_t>(data.size());
        std::vector<Entry> entries;
        for (const auto& [tensorName, description] : json.items()) {
            if (tensorName != "__metadata__")
                entries.push_back(readEntry(tensorName, description));
        }
        refuseOverlap(entries);
        refuseUnowned(entries);
        std::vector<RawTensor> tensors;
        tensors.reserve(entries.size());
        for (Entry& entry : entries) {
            entry.tensor.bytes = data.subspan(static_cast<std::size_t>(entry.begin),
                                              static_cast<std::size_t>(entry.end - entry.begin));
            tensors.push_back(std::move(entry.tensor));
        }
        std::sort(tensors.begin(), tensors.end(),
                  [](const RawTensor& a, const RawTensor& b) { return a.name < b.name; });
        return tensors;
    }

  private:
    std::string_view findHeader() const {
        const auto bytes = file_.bytes();
        refuseLfsPointer(file_);
        if (bytes.size() < lengthBytes)
            fail("has " + std::to_string(bytes.size()) +
                 " bytes, too few for a safetensors file; the download or copy was cut short");
        const std::uint64_t length = littleEndian64(bytes.data());
        if (length > maxHeaderBytes)
            fail("is not a safetensors file (its header would have " + std::to_string(length) +
                 " bytes, expected at most 100 MB)" + lookOf(bytes));
        if (length > bytes.size() - lengthBytes)
            fail("is truncated: its header needs " + std::to_string(length + lengthBytes) +
                 " bytes, found " + std::to_string(bytes.size()));
        return {reinterpret_cast<const char*>(bytes.data()) + lengthBytes,
                static_cast<std::size_t>(length)};
    }

    Entry readEntry(const std::string& tensorName, const nlohmann::json& description) const {
        const auto refuse = [&](const std::string& reason) {
            throw Error(subject(file_.path(), tensorName), reason);
        };
        if (!description.is_object())
            refuse("is described by " + shown(description) + ", expected a JSON object");
        for (const char* key : {"dtype", "shape", "data_offsets"}) {
            if (!description.contains(key))
                refuse(std::string("has no \"") + key + "\" in the file's header");
        }
        Entry entry;
        entry.tensor.name = tensorName;
        entry.tensor.file = file_.path();
        const nlohmann::json& dtype = description["dtype"];
        const auto known =
            dtype.is_string() ? dtypes().find(dtype.get_ref<const std::string&>()) : dtypes().end();
        if (known == dtypes().end())
            refuse("has the unknown dtype " + shown(dtype) + "; expected F32, F64, F16 or BF16");
        entry.tensor.type = known->second;
        const auto shape = integers(description["shape"]);
        const auto offsets = integers(description["data_offsets"]);
        if (!shape)
            refuse("has the shape " + shown(description["shape"]) +
                   ", expected a list of non-negative integers");
        if (!offsets || offsets->size() != 2)
            refuse("has the data_offsets " + shown(description["data_offsets"]) +
                   ", expected [begin, end]");
        entry.tensor.shape = *shape;
        entry.begin = (*offsets)[0];
        entry.end = (*offsets)[1];
        if (entry.begin > entry.end)
            refuse("ends before it begins: data_offsets " + shown(description["data_offsets"]));
        const auto size = byteCount(*shape, byteSize(entry.tensor.type));
        if (!size)
            refuse("has the shape " + shown(description["shape"]) + ", too large to be true");
        if (entry.end - entry.begin != *size)
            refuse("takes " + std::to_string(entry.end - entry.begin) + " bytes, but " +
                   residuum::checkpoint::name(entry.tensor.type) + " " + shapeText(*shape) +
                   " needs " + std::to_string(*size));
        if (entry.end > dataBytes_)
            refuse("lies beyond the end of the file: the file is truncated, expected at least " +
                   std::to_string(entry.end) + " bytes of data, found " +
                   std::to_string(dataBytes_));
        return entry;
    }

    static std::optional<std::vector<std::int64_t>> integers(const nlohmann::json& list) {
        if (!list.is_array())
            return std::nullopt;
        std::vector<std::int64_t> values;
        for (const nlohmann::json& item : list) {
            const auto value = asInteger(item);
            if (!value || *value < 0)
                return std::nullopt;
            values.push_back(*value);
        }
        return values;
    }

    static void refuseOverlap(std::vector<Entry>& entries) {
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
            return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
        });
        for (std::size_t i = 1; i < entries.size(); ++i) {
            if (entries[i].begin < entries[i - 1].end)
                throw Error(subject(entries[i].tensor.file, entries[i].tensor.name),
                            "overlaps the bytes of tensor " + entries[i - 1].tensor.name +
                                "; the file is damaged");
        }
    }

    /// As Hugging Face's own reader: what no tensor has could be anything. `entries` are sorted.
    void refuseUnowned(const std::vector<Entry>& entries) const {
        std::int64_t end = 0;
        for (const Entry& entry : entries) {
            if (entry.begin != end)
                throw Error(subject(file_.path(), entry.tensor.name),
                            "begins at byte " + std::to_string(entry.begin) +
                                " of the data, expected " + std::to_string(end) +
                                ", where the tensor before it ends; the file is damaged");
            end = entry.end;
        }
        if (end != dataBytes_)
            fail("has " + counted(dataBytes_ - end, "byte") +
                 " after its last tensor, expected none; the file is damaged, or two "
                 "downloads were joined: get it again");
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(file_.path().string(), reason);
    }

    const MappedFile& file_;
    std::int64_t dataBytes_ = 0;
};

} // namespace

std::vector<RawTensor> readSafetensors(const std::shared_ptr<const MappedFile>& file) {
    return Reader(*file).read();
}

} // namespace residuum::checkpoint
