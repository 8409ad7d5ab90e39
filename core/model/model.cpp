#include "core/model/model.h"

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/weight_files.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <c10/util/Exception.h>

#include <utility>

namespace residuum {

namespace {

namespace fs = std::filesystem;

struct FoundTokenizer {
    std::shared_ptr<const Tokenizer> tokenizer;
    std::string origin;
};

FoundTokenizer openTokenizer(const fs::path& folder, const std::string& origin, int d_vocab) {
    auto tokenizer = Tokenizer::open(folder);
    if (static_cast<int>(tokenizer->size()) > d_vocab)
        throw Error(folder.string(), "its tokenizer has " + std::to_string(tokenizer->size()) +
                                         " tokens, but the model's vocabulary only " +
                                         std::to_string(d_vocab) +
                                         "; use the tokenizer the model was trained with");
    auto text = tokenizer->source() + origin;
    return {std::move(tokenizer), std::move(text)};
}

/// The named folder's, else the checkpoint's own, else one of a model beside it or in the Hub cache
/// (the published LN-free checkpoints carry none).
FoundTokenizer findTokenizer(const fs::path& folder, const fs::path& named, int d_vocab) {
    if (!named.empty())
        return openTokenizer(named, ", taken from " + named.string() + " as asked", d_vocab);
    if (Tokenizer::isPresent(folder))
        return openTokenizer(folder, "", d_vocab);
    if (const auto fallback = findFallbackTokenizer(folder, d_vocab))
        return openTokenizer(*fallback,
                             ", taken from " + fallback->string() +
                                 " because the checkpoint has none of its own",
                             d_vocab);
    return {};
}

ModelInfo describe(const ModelLocation& location, const Checkpoint& checkpoint,
                   const NumericSettings& numeric, const std::string& tokenizerOrigin) {
    ModelInfo info;
    info.name = location.name;
    info.source = location.source;
    info.folder = location.folder.string();
    info.config = checkpoint.config;
    info.normalization = checkpoint.normalization;
    info.numeric = numeric;
    info.parameterCount = checkpoint.parameterCount;
    info.container = checkpoint.container;
    info.storedTypes = checkpoint.storedTypes;
    info.tiedHead = checkpoint.tiedHead;
    info.weightsHash = checkpoint.weightsHash;
    info.tokenizerOrigin = tokenizerOrigin;
    info.warnings = checkpoint.warnings;
    if (!location.note.empty())
        info.warnings.push_back(location.note);
    return info;
}

} // namespace

Model::Model() = default;
Model::~Model() = default;

std::shared_ptr<const Model> Model::open(const ModelLocation& location,
                                         const NumericSettings& numeric, Progress& progress,
                                         const fs::path& tokenizerFolder,
                                         const HashMemory* memory) {
    try {
        const auto checkpoint = openCheckpoint(location.folder, progress, memory);
        auto found = findTokenizer(location.folder, tokenizerFolder, checkpoint.config.d_vocab);
        const std::shared_ptr<Model> model(new Model);
        model->weights_ = loadWeights(checkpoint, numeric, progress);
        model->info_ = describe(location, checkpoint, numeric, found.origin);
        model->tokenizer_ = std::move(found.tokenizer);
        model->files_ = checkpoint.files;
        checkpoint.files->requireUnchanged();
        return model;
    } catch (const c10::Error& error) {
        throw Error(location.source, error.what_without_backtrace());
    }
}

void Model::requireUnchanged() const {
    if (const auto files = files_.lock())
        files->requireUnchanged();
}

void requireSameVocabulary(const Model& first, const Model& second) {
    const auto names = second.info().name + " beside " + first.info().name;
    const int sizeA = first.info().config.d_vocab;
    const int sizeB = second.info().config.d_vocab;
    const std::string advice = "; models side by side share one prompt, so open it on its own";
    if (sizeA != sizeB)
        throw Error(names, "their vocabularies differ (" + std::to_string(sizeB) + " and " +
                               std::to_string(sizeA) + " tokens)" + advice);
    if (first.tokenizer() && second.tokenizer() &&
        first.tokenizer()->fingerprint() != second.tokenizer()->fingerprint())
        throw Error(names, "their tokenizers give the same text different token ids" + advice);
}

} // namespace residuum
