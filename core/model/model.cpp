#include "core/model/model.h"

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/weight_files.h"
#include "core/model/tokenizer_choice.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <utility>

namespace residuum {

namespace {

namespace fs = std::filesystem;

ModelInfo describe(const ModelLocation& location, const Checkpoint& checkpoint,
                   const NumericSettings& numeric, const TokenizerChoice& tokenizer) {
    ModelInfo info;
    info.name = location.name;
    info.source = location.source;
    info.folder = location.folder.string();
    info.anywhere = location.anywhere;
    info.config = checkpoint.config;
    info.normalization = checkpoint.normalization;
    info.numeric = numeric;
    info.parameterCount = checkpoint.parameterCount;
    info.container = checkpoint.container;
    info.storedTypes = checkpoint.storedTypes;
    info.tiedHead = checkpoint.tiedHead;
    info.weightsHash = checkpoint.weightsHash;
    info.tokenizerOrigin = tokenizer.origin;
    if (tokenizer.tokenizer)
        info.tokenizerFingerprint = tokenizer.tokenizer->fingerprint();
    info.warnings = checkpoint.warnings;
    if (!location.note.empty())
        info.warnings.push_back(location.note);
    info.warnings.insert(info.warnings.end(), tokenizer.warnings.begin(), tokenizer.warnings.end());
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
        auto choice = chooseTokenizer(location, tokenizerFolder,
                                      static_cast<std::size_t>(checkpoint.config.d_vocab));
        const std::shared_ptr<Model> model(new Model);
        model->weights_ = loadWeights(checkpoint, numeric, progress);
        model->info_ = describe(location, checkpoint, numeric, choice);
        if (!tokenizerFolder.empty())
            model->info_.tokenizerFolder = fs::absolute(tokenizerFolder).lexically_normal();
        model->textEncoder_ = choice.tokenizer ? choice.tokenizer : std::move(choice.refusing);
        model->tokenizer_ = std::move(choice.tokenizer);
        model->files_ = checkpoint.files;
        checkpoint.files->requireUnchanged();
        return model;
    } catch (const c10::Error& error) {
        throw Error(location.source, torchProblem(error));
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
