// Models named on the command line, opened side by side.
#pragma once

#include "app/cli/options.h"
#include "core/model/model.h"
#include "core/store/result_cache.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// Models that share one vocabulary.
struct OpenedModels {
    std::vector<std::shared_ptr<const Model>> models;
    std::string threadWarning;

    /// The first tokenizer among them; where none has one, one that refuses texts with the reason,
    /// or null.
    const Tokenizer* tokenizer() const;
    /// The one with the shortest context: what every model can compute.
    const ModelConfig& narrowestConfig() const;
    std::vector<ModelInfo> infos() const;
    /// Warnings of all models, for standard error.
    std::vector<std::string> warnings() const;
};

/// Sets the threads and opens the models. Throws Error where vocabularies differ.
OpenedModels openModels(const std::vector<std::string>& named, const CommonOptions& options,
                        Progress& progress);

/// The result cache, unless --no-cache.
std::unique_ptr<ResultCache> openCache(const CommonOptions& options);
/// Where hashes of weights are remembered, unless --no-cache.
std::unique_ptr<HashMemory> openHashMemory(const CommonOptions& options);

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second);

/// Prints warnings on standard error unless `quiet`; call only when the run has succeeded.
void printWarnings(const std::vector<std::string>& warnings, bool quiet);

} // namespace residuum
