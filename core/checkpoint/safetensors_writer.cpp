#include "core/checkpoint/safetensors_writer.h"

#include "core/checkpoint/raw_tensor.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>
#include <string_view>
#include <tuple>

namespace residuum::checkpoint {

namespace {

static_assert(std::endian::native == std::endian::little);

using nlohmann::json;
using nlohmann::ordered_json;

/// Of one file, in its order.
using Shard = std::vector<const TensorToWrite*>;

const char* dtypeOf(StoredType type) {
    switch (type) {
    case StoredType::Float64:
        return "F64";
    case StoredType::Float16:
        return "F16";
    case StoredType::BFloat16:
        return "BF16";
    case StoredType::Float32:
        break;
    }
    return "F32";
}

std::uint64_t bytesOf(const Shard& shard) {
    std::uint64_t total = 0;
    for (const TensorToWrite* tensor : shard)
        total += tensor->byteCount();
    return total;
}

std::vector<Shard> divide(const std::vector<TensorToWrite>& tensors, std::uint64_t shardBytes) {
    std::vector<Shard> shards(1);
    std::uint64_t held = 0;
    for (const TensorToWrite& tensor : tensors) {
        const auto bytes = tensor.byteCount();
        if (!shards.back().empty() && held + bytes > shardBytes) {
            shards.emplace_back();
            held = 0;
        }
        shards.back().push_back(&tensor);
        held += bytes;
    }
    // As Hugging Face's library: wide types first, so that every tensor is aligned for its type.
    const auto place = [](const TensorToWrite* tensor) {
        return std::tuple(-static_cast<int>(byteSize(tensor->type)),
                          std::string_view(tensor->name));
    };
    for (Shard& shard : shards)
        std::sort(shard.begin(), shard.end(),
                  [&](const auto* a, const auto* b) { return place(a) < place(b); });
    return shards;
}

/// The length in 8 bytes and the JSON, padded so that the tensors begin at a multiple of 8.
std::string headerOf(const Shard& shard, const std::filesystem::path& file) {
    ordered_json header{{"__metadata__", {{"format", "pt"}}}};
    std::uint64_t offset = 0;
    for (const TensorToWrite* tensor : shard) {
        if (header.contains(tensor->name))
            throw Error(subject(file, tensor->name), "is to be written twice");
        const auto end = offset + tensor->byteCount();
        header[tensor->name] = {{"dtype", dtypeOf(tensor->type)},
                                {"shape", tensor->shape},
                                {"data_offsets", {offset, end}}};
        offset = end;
    }
    auto text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const auto length = std::bit_cast<std::array<char, 8>>(std::uint64_t{text.size()});
    return std::string(length.begin(), length.end()) + text;
}

void writeShard(const AtomicFolder& folder, const std::string& name, const Shard& shard,
                Progress& progress) {
    const auto header = headerOf(shard, folder.target() / name);
    FolderFile file(folder, name, header.size() + bytesOf(shard));
    file.write(header);
    for (const TensorToWrite* tensor : shard) {
        std::uint64_t written = 0;
        tensor->write([&](std::span<const std::byte> bytes) {
            file.write(bytes);
            written += bytes.size();
            progress.advance(static_cast<std::int64_t>(bytes.size()));
        });
        if (written != tensor->byteCount())
            throw Error(subject(file.target(), tensor->name),
                        "was given " + std::to_string(written) + " bytes, expected " +
                            std::to_string(tensor->byteCount()));
    }
    file.finish();
}

/// "model-00001-of-00003.safetensors".
std::string shardName(std::size_t index, std::size_t count) {
    const auto number = [](std::size_t value) {
        const auto digits = std::to_string(value);
        return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
    };
    return "model-" + number(index + 1) + "-of-" + number(count) + ".safetensors";
}

} // namespace

std::uint64_t TensorToWrite::byteCount() const {
    return static_cast<std::uint64_t>(
        checkpoint::byteCount(shape, residuum::byteSize(type)).value());
}

std::string huggingFaceName(const std::string& canonical) {
    return canonical == "lm_head.weight" ? canonical : "transformer." + canonical;
}

void writeSafetensors(const AtomicFolder& folder, const std::vector<TensorToWrite>& tensors,
                      Progress& progress, std::uint64_t shardBytes) {
    const auto shards = divide(tensors, shardBytes);
    std::uint64_t total = 0;
    for (const Shard& shard : shards)
        total += bytesOf(shard);
    progress.begin("writing " + folder.target().filename().string(),
                   static_cast<std::int64_t>(total));
    if (shards.size() == 1)
        return writeShard(folder, "model.safetensors", shards.front(), progress);
    json index{{"metadata", {{"total_size", total}}}, {"weight_map", json::object()}};
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const auto name = shardName(i, shards.size());
        writeShard(folder, name, shards[i], progress);
        for (const TensorToWrite* tensor : shards[i])
            index["weight_map"][tensor->name] = name;
    }
    FolderFile file(folder, "model.safetensors.index.json");
    file.write(index.dump(2) + "\n");
    file.finish();
}

} // namespace residuum::checkpoint
