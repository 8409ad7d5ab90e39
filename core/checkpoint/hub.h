// Where a model named on the command line or in the window lies. Torch-free; no network.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

/// A model as the user named it, resolved to a folder on this machine.
struct ModelLocation {
    std::string source;           ///< as named: a path, a Hub id, or demo:NAME
    std::string name;             ///< last component of it, for labels and result groups
    std::filesystem::path folder; ///< in Hugging Face layout
    std::string anywhere{};       ///< `source`, but a relative path as an absolute one
    std::string note{};           ///< a sentence where the folder was a choice; else ""
};

/// The Hugging Face cache: $HF_HUB_CACHE, $HUGGINGFACE_HUB_CACHE, $HF_HOME/hub,
/// $XDG_CACHE_HOME/huggingface/hub or
/// ~/.cache/huggingface/hub, the first that is set.
std::filesystem::path hubCacheFolder();

/// Resolves a folder, a Hub id in the local cache (`gpt2`, `schaeff/gpt2-small_LNFree300`, through
/// refs/main to its snapshot or, without one, the only snapshot there is; `gpt2@REVISION` for a
/// branch, a tag or the beginning of a snapshot's hash) or `demo:original|vanilla|ln-free` (in
/// `demoFolder`). Throws Error that says where it looked and what to do.
ModelLocation resolveModel(const std::string& named, const std::filesystem::path& demoFolder);

/// The GPT-2 models in the local cache (those whose snapshot has a config.json with model_type
/// gpt2), sorted by id. Unreadable entries are skipped.
std::vector<ModelLocation> listHubModels();

/// Folders in `parent`, sorted by name; none where it cannot be read.
std::vector<std::filesystem::path> foldersIn(const std::filesystem::path& parent);

} // namespace residuum
