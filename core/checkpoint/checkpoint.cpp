#include "core/checkpoint/checkpoint.h"

#include "core/checkpoint/containers.h"
#include "core/checkpoint/float_text.h"
#include "core/checkpoint/removal_run.h"
#include "core/checkpoint/tensor_names.h"
#include "core/checkpoint/weight_files.h"
#include "core/checkpoint/weights_pass.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <set>

namespace residuum {

using checkpoint::ElementType;
using checkpoint::RawTensor;
using checkpoint::SortedTensors;

namespace {

struct FloatType {
    StoredType stored;
    ElementType element;
};
constexpr std::array<FloatType, 4> floatTypes{{{StoredType::Float32, ElementType::Float32},
                                               {StoredType::Float64, ElementType::Float64},
                                               {StoredType::Float16, ElementType::Float16},
                                               {StoredType::BFloat16, ElementType::BFloat16}}};

ElementType elementType(StoredType type) {
    return std::find_if(floatTypes.begin(), floatTypes.end(),
                        [&](const FloatType& each) { return each.stored == type; })
        ->element;
}

/// sortTensors let float types pass only.
StoredType storedType(ElementType type) {
    return std::find_if(floatTypes.begin(), floatTypes.end(),
                        [&](const FloatType& each) { return each.element == type; })
        ->stored;
}

} // namespace

std::string name(StoredType type) {
    return checkpoint::name(elementType(type));
}

std::size_t byteSize(StoredType type) {
    return checkpoint::byteSize(elementType(type));
}

namespace {

bool sameBytes(const RawTensor& a, const RawTensor& b) {
    return a.type == b.type && a.bytes.size() == b.bytes.size() &&
           (a.bytes.data() == b.bytes.data() ||
            std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0);
}

/// The head is what the file says; config.json only says what to do where it is silent.
void resolveHead(SortedTensors& tensors, Checkpoint& into) {
    const auto head = tensors.weights.find("lm_head.weight");
    if (head == tensors.weights.end()) {
        if (!into.config.tie_word_embeddings)
            throw Error(into.folder.string(),
                        "the weights lack lm_head.weight, but config.json says "
                        "\"tie_word_embeddings\": false; add the tensor, or set it to true if the "
                        "head is the embedding");
        into.tiedHead = true;
        return;
    }
    into.tiedHead = sameBytes(*head->second, *tensors.weights.find("wte.weight")->second);
    if (into.tiedHead) {
        tensors.weights.erase(head);
    } else if (into.config.tie_word_embeddings) {
        into.warnings.push_back(
            "lm_head.weight differs from wte.weight although the configuration ties "
            "them; the file's own head is used.");
    }
}

[[noreturn]] void refuseNonFinite(const checkpoint::NonFinite& found, const SortedTensors& tensors,
                                  const Checkpoint& opened) {
    const RawTensor& tensor = *tensors.weights.find(found.tensor)->second;
    const double value = checkpoint::elementAsDouble(tensor, found.index);
    std::string reason = "element " + std::to_string(found.index) + " is " +
                         checkpoint::numberText(value) + ", expected a finite number";
    const bool norm = found.tensor.find("ln_") != std::string::npos;
    if (opened.config.layer_norm_epsilon >= epsilonTrickFrom && norm &&
        tensor.type == ElementType::Float16 && std::isinf(value))
        reason +=
            ": stored as float16, the LN weights of an epsilon-trick model (layer_norm_epsilon " +
            checkpoint::numberText(opened.config.layer_norm_epsilon) +
            ") overflow; use a float32 copy";
    else
        reason += "; the checkpoint is damaged or its training diverged";
    throw Error(checkpoint::subject(tensor.file, tensor.name), reason);
}

void describe(Checkpoint& opened) {
    std::set<std::string> types;
    for (const auto& [tensorName, tensor] : opened.tensors) {
        types.insert(name(tensor.type));
        opened.parameterCount +=
            static_cast<std::int64_t>(tensor.bytes.size() / byteSize(tensor.type));
        opened.storedBytes += static_cast<std::int64_t>(tensor.bytes.size());
    }
    for (const std::string& type : types)
        opened.storedTypes += (opened.storedTypes.empty() ? "" : ", ") + type;
}

/// Of the tensors; remembered only once they have been found finite and unchanged.
std::string hashOf(const SortedTensors& sorted, const Checkpoint& opened,
                   checkpoint::WeightFiles& files, Progress& progress, const HashMemory* memory) {
    // The sorted tensors' names depend on config.json too, e.g. on whether the head is tied.
    auto fingerprint = memory == nullptr ? std::string() : memory->fingerprint(files.files());
    if (!fingerprint.empty())
        fingerprint += "tensors " + std::to_string(opened.tensors.size()) + "\n";
    auto known = memory == nullptr ? std::nullopt : memory->recall(fingerprint);
    checkpoint::WeightsPass pass;
    if (known)
        pass.tensorsHash = *std::move(known);
    else
        pass = checkpoint::passOverWeights(opened.tensors, progress);
    files.remember(opened.tensors, pass.tensorsHash);
    files.requireUnchanged();
    if (pass.nonFinite)
        refuseNonFinite(*pass.nonFinite, sorted, opened);
    if (memory != nullptr)
        memory->remember(fingerprint, pass.tensorsHash);
    return std::move(pass.tensorsHash);
}

} // namespace

Checkpoint openCheckpoint(const std::filesystem::path& folder, Progress& progress,
                          const HashMemory* memory) {
    progress.check();
    checkpoint::requireModelFolder(folder);
    Checkpoint opened;
    opened.folder = folder;
    opened.config = readConfig(folder / "config.json", &opened.warnings);
    checkpoint::RawCheckpoint raw = checkpoint::openContainer(folder);
    opened.container = raw.container;
    opened.warnings.insert(opened.warnings.end(), raw.warnings.begin(), raw.warnings.end());
    SortedTensors sorted = checkpoint::sortTensors(raw, opened.config, folder);
    opened.normalization = checkpoint::findNormalization(opened.config, sorted);
    if (!sorted.missingBiases.empty())
        opened.warnings.push_back("Without a bias: " + checkpoint::listOf(sorted.missingBiases) +
                                  "; it is zero there.");
    resolveHead(sorted, opened);
    if (!sorted.ignored.empty())
        opened.warnings.push_back("Ignored tensors that a GPT-2 of this configuration does not "
                                  "have: " +
                                  checkpoint::listOf(sorted.ignored) + ".");
    for (const auto& [tensorName, tensor] : sorted.weights)
        opened.tensors.emplace(
            tensorName, StoredTensor{storedType(tensor->type), tensor->shape, tensor->bytes});
    const auto files = std::make_shared<checkpoint::WeightFiles>(raw.files, raw.copies);
    opened.weightsHash = checkpoint::weightsHash(hashOf(sorted, opened, *files, progress, memory),
                                                 opened.normalization, opened.config);
    opened.files = files;
    describe(opened);
    return opened;
}

} // namespace residuum
