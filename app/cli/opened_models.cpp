#include "app/cli/opened_models.h"

#include "app/resources.h"

#include <algorithm>
#include <cstdio>

namespace residuum {

const Tokenizer* OpenedModels::tokenizer() const {
    for (const auto& model : models) {
        if (model->tokenizer())
            return model->tokenizer().get();
    }
    for (const auto& model : models) {
        if (model->textEncoder())
            return model->textEncoder().get();
    }
    return nullptr;
}

const ModelConfig& OpenedModels::narrowestConfig() const {
    const auto narrowest =
        std::min_element(models.begin(), models.end(), [](const auto& a, const auto& b) {
            return a->info().config.n_ctx < b->info().config.n_ctx;
        });
    return (*narrowest)->info().config;
}

std::vector<ModelInfo> OpenedModels::infos() const {
    std::vector<ModelInfo> result;
    for (const auto& model : models)
        result.push_back(model->info());
    return result;
}

std::vector<std::string> OpenedModels::warnings() const {
    std::vector<std::string> result;
    if (!threadWarning.empty())
        result.push_back(threadWarning);
    for (const auto& model : models) {
        for (const auto& warning : model->info().warnings)
            result.push_back(model->info().name + ": " + warning);
    }
    return result;
}

OpenedModels openModels(const std::vector<std::string>& named, const CommonOptions& options,
                        Progress& progress) {
    OpenedModels opened;
    opened.threadWarning = configureThreads(options.threads);
    const auto numeric = options.numeric();
    const auto memory = openHashMemory(options);
    for (const auto& name : named) {
        const auto location = resolveModel(name, resourceFolder() / "demo");
        opened.models.push_back(
            Model::open(location, numeric, progress, options.tokenizer, memory.get()));
        requireSameVocabulary(*opened.models.front(), *opened.models.back());
    }
    return opened;
}

std::unique_ptr<ResultCache> openCache(const CommonOptions& options) {
    return options.noCache ? nullptr
                           : std::make_unique<ResultCache>(CacheSettings::fromEnvironment());
}

std::unique_ptr<HashMemory> openHashMemory(const CommonOptions& options) {
    return options.noCache ? nullptr
                           : std::make_unique<HashMemory>(
                                 weightsMemoryFolder(CacheSettings::fromEnvironment()));
}

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

void printWarnings(const std::vector<std::string>& warnings, bool quiet) {
    if (quiet)
        return;
    for (const auto& warning : warnings)
        std::fprintf(stderr, "residuum: warning: %s\n", warning.c_str());
}

} // namespace residuum
