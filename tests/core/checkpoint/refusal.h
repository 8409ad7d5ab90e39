// Small helpers of the checkpoint tests.
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/task/error.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace residuum::test {

/// The message of the Error that `act` throws; a failure where it throws none.
inline std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "expected an Error";
    return {};
}

inline Checkpoint open(const std::filesystem::path& folder) {
    Progress progress;
    return openCheckpoint(folder, progress);
}

inline std::string refusalToOpen(const std::filesystem::path& folder) {
    return refusal([&] { (void)open(folder); });
}

/// The smallest model that has everything: two layers, width 4, 7 tokens, 5 positions.
inline ModelConfig smallConfig() {
    return syntheticConfig(2, 2, 4, 7, 5);
}

inline NamedTensor& tensorNamed(std::vector<NamedTensor>& tensors, const std::string& name) {
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [&](const NamedTensor& tensor) { return tensor.name == name; });
    if (found == tensors.end())
        throw std::runtime_error("no tensor " + name);
    return *found;
}

/// A folder with config.json and model.safetensors.
inline void writeModel(const std::filesystem::path& folder, const ModelConfig& config,
                       const std::vector<NamedTensor>& tensors) {
    std::filesystem::create_directories(folder);
    writeText(folder / "config.json", configJson(config));
    writeSafetensors(folder / "model.safetensors", tensors);
}

} // namespace residuum::test
