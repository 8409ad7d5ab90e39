#include "core/checkpoint/vocabulary_size.h"

#include "core/checkpoint/json_text.h"
#include "core/task/error.h"

namespace residuum::checkpoint {

namespace {

namespace fs = std::filesystem;

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

std::int64_t countTokenizerJson(const nlohmann::json& json) {
    const auto model = json.find("model");
    if (model == json.end() || !model->is_object())
        return 0;
    const auto vocabulary = model->find("vocab");
    if (vocabulary == model->end() || !vocabulary->is_object())
        return 0;
    auto count = static_cast<std::int64_t>(vocabulary->size());
    // Special tokens may be listed beside the vocabulary, inside it, or both.
    if (const auto added = json.find("added_tokens"); added != json.end() && added->is_array()) {
        for (const auto& token : *added) {
            if (token.is_object() && token.contains("content") && token["content"].is_string() &&
                !vocabulary->contains(token["content"].get<std::string>()))
                ++count;
        }
    }
    return count;
}

} // namespace

bool hasTokenizerFiles(const fs::path& folder) {
    return (isFile(folder / "vocab.json") && isFile(folder / "merges.txt")) ||
           isFile(folder / "tokenizer.json");
}

std::optional<std::int64_t> configuredVocabularySize(const fs::path& folder) {
    if (!isFile(folder / "config.json"))
        return std::nullopt;
    try {
        const nlohmann::json config = readObject(folder / "config.json", 8U << 20U);
        const auto size = config.find("vocab_size");
        return size == config.end() ? std::nullopt : asInteger(*size);
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::optional<std::int64_t> vocabularySize(const fs::path& folder) {
    if (const auto size = configuredVocabularySize(folder))
        return size;
    try {
        if (isFile(folder / "vocab.json"))
            return static_cast<std::int64_t>(readObject(folder / "vocab.json").size());
        return countTokenizerJson(readObject(folder / "tokenizer.json"));
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace residuum::checkpoint
