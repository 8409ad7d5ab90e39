// From a state dict's pickle and its storages to tensors.
#pragma once

#include "core/checkpoint/pickle.h"
#include "core/checkpoint/raw_tensor.h"

#include <filesystem>
#include <functional>
#include <string>

namespace residuum::checkpoint {

/// A storage's persistent id: ("storage", torch.FloatStorage, key, device, element count).
struct StorageId {
    ElementType type = ElementType::Float32;
    std::string key;
    std::int64_t count = 0;
};

/// Throws Error where `node` is not such an id.
StorageId storageId(const std::filesystem::path& file, const Pickle& pickle,
                    const PickleNode& node);

/// A storage's bytes by its key; throws Error for an unknown one.
using FindStorage = std::function<std::span<const std::byte>(const std::string& key)>;

/// Adds every tensor of the dict at the pickle's top. Tensors may share a storage; those that are
/// not contiguous are copied. Throws Error for anything that is no tensor and for tensors that
/// reach outside their storage.
void readStateDict(const std::filesystem::path& file, const Pickle& pickle,
                   const FindStorage& storage, RawCheckpoint& into);

} // namespace residuum::checkpoint
