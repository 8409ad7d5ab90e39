#include "core/checkpoint/containers.h"

#include "core/checkpoint/json_text.h"
#include "core/checkpoint/mapped_file.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/torch_archive.h"
#include "core/task/error.h"
#include "core/task/utc.h"

#include <array>
#include <map>
#include <set>
#include <sys/stat.h>

namespace residuum::checkpoint {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> weightFiles = {
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json"};

void readFile(const fs::path& path, bool safetensors, RawCheckpoint& into) {
    if (safetensors) {
        const auto file = MappedFile::open(path);
        auto tensors = readSafetensors(file);
        into.tensors.insert(into.tensors.end(), std::make_move_iterator(tensors.begin()),
                            std::make_move_iterator(tensors.end()));
        into.files.push_back(file);
    } else {
        readTorchArchive(MappedFile::open(path), into);
    }
}

/// tensor name → shard file name, as the index has it.
std::map<std::string, std::string> readIndex(const fs::path& index) {
    const nlohmann::json json = readObject(index);
    const auto found = json.find("weight_map");
    if (found == json.end() || !found->is_object() || found->empty())
        throw Error(index.string() + ", key weight_map",
                    "is missing or empty, expected an object from tensor names to shard files");
    std::map<std::string, std::string> map;
    for (const auto& [tensorName, shard] : found->items()) {
        if (!shard.is_string())
            throw Error(subject(index, tensorName),
                        "is mapped to " + shown(shard) + ", expected a file name");
        const auto& file = shard.get_ref<const std::string&>();
        // A shard lies beside its index: a path would let a checkpoint read any file.
        if (file.empty() || file == "." || file == ".." ||
            file.find_first_of(std::string("/\\\0", 3)) != std::string::npos)
            throw Error(subject(index, tensorName),
                        "is mapped to " + shown(shard) +
                            ", expected the name of a file in the same folder");
        map.emplace(tensorName, file);
    }
    return map;
}

void readShards(const fs::path& index, bool safetensors, RawCheckpoint& into) {
    const std::map<std::string, std::string> weightMap = readIndex(index);
    std::set<std::string> shards;
    for (const auto& [tensorName, shard] : weightMap)
        shards.insert(shard);
    for (const std::string& shard : shards) {
        const fs::path path = index.parent_path() / shard;
        std::error_code ignored;
        if (!fs::exists(path, ignored))
            throw Error(path.string(), "is missing, but " + index.filename().string() +
                                           " names it as a shard; download it too");
        readFile(path, safetensors, into);
    }
    std::map<std::string, std::string> present;
    for (const RawTensor& tensor : into.tensors) {
        const auto [other, inserted] = present.emplace(tensor.name, tensor.file.filename());
        if (!inserted)
            throw Error(subject(tensor.file, tensor.name),
                        "is also in " + other->second + "; each tensor is expected in one shard");
    }
    for (const auto& [tensorName, shard] : weightMap) {
        const auto found = present.find(tensorName);
        if (found == present.end() || found->second != shard)
            throw Error(subject(index, tensorName),
                        "is said to be in " + shard + ", which does not have it");
    }
    into.container +=
        ", " + std::to_string(shards.size()) + (shards.size() == 1 ? " shard" : " shards");
}

std::string dated(const fs::path& file) {
    struct stat status {};
    const bool known = ::stat(file.c_str(), &status) == 0;
    return file.filename().string() + (known ? " (of " + utcText(status.st_mtim.tv_sec) + ")" : "");
}

/// A sentence where the folder has weights beside those that are read; else "".
std::string warningOfOthers(const fs::path& read) {
    std::string others;
    for (const char* name : weightFiles) {
        const auto file = read.parent_path() / name;
        std::error_code ignored;
        if (file != read && fs::exists(file, ignored))
            others += (others.empty() ? "" : " and ") + dated(file);
    }
    return others.empty() ? ""
                          : "The folder has weights more than once: " + dated(read) + " is read, " +
                                others + " is not; move away what is not the model you mean.";
}

} // namespace

std::optional<fs::path> findWeights(const fs::path& folder) {
    for (const char* file : weightFiles) {
        std::error_code ignored;
        if (fs::exists(folder / file, ignored))
            return folder / file;
    }
    return std::nullopt;
}

void requireModelFolder(const fs::path& folder) {
    std::error_code ignored;
    const fs::file_status status = fs::status(folder, ignored);
    if (!fs::exists(status))
        throw Error(folder.string(), "there is no such folder; give a folder with config.json and "
                                     "model.safetensors or pytorch_model.bin");
    if (!fs::is_directory(status))
        throw Error(folder.string(),
                    "is a file, expected the folder it lies in (with config.json and the weights)");
    if (!fs::exists(folder / "config.json", ignored))
        throw Error(folder.string(), "has no config.json, so it is not a model in Hugging Face "
                                     "layout; give the folder that save_pretrained wrote");
    if (!findWeights(folder))
        throw Error(folder.string(),
                    "has a config.json but no weights; expected model.safetensors or "
                    "pytorch_model.bin (or the .index.json of one and its shards) beside it");
}

RawCheckpoint openContainer(const fs::path& folder) {
    requireModelFolder(folder);
    const fs::path weights = *findWeights(folder);
    const std::string file = weights.filename();
    const bool safetensors = file.find("safetensors") != std::string::npos;
    RawCheckpoint checkpoint;
    if (auto warning = warningOfOthers(weights); !warning.empty())
        checkpoint.warnings.push_back(std::move(warning));
    checkpoint.container = safetensors ? "safetensors" : "pytorch_model.bin";
    if (file.ends_with(".index.json"))
        readShards(weights, safetensors, checkpoint);
    else
        readFile(weights, safetensors, checkpoint);
    return checkpoint;
}

} // namespace residuum::checkpoint
