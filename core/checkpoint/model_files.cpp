#include "core/checkpoint/model_files.h"

#include "core/checkpoint/json_text.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <set>

namespace residuum::checkpoint {

namespace {

namespace fs = std::filesystem;

constexpr std::array tokenizerFiles{
    "tokenizer.json",          "vocab.json",           "merges.txt", "added_tokens.json",
    "special_tokens_map.json", "tokenizer_config.json"};
constexpr char generationConfig[] = "generation_config.json";

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool canBeWrittenHere(const std::string& name) {
    static const std::regex weights(
        R"(model(-\d{5,}-of-\d{5,})?\.safetensors|model\.safetensors\.index\.json)");
    return name == "config.json" || name == generationConfig ||
           std::find(tokenizerFiles.begin(), tokenizerFiles.end(), name) != tokenizerFiles.end() ||
           std::regex_match(name, weights);
}

bool wasWrittenHere(const fs::path& config) {
    try {
        return isFile(config) && readObject(config, 8U << 20U).contains(originKey);
    } catch (const Error&) {
        return false;
    }
}

void copyFile(const fs::path& from, const std::string& name, const AtomicFolder& folder) {
    std::ifstream source(from / name, std::ios::binary);
    FolderFile copy(folder, name);
    std::vector<char> block(1U << 20U);
    while (source) {
        source.read(block.data(), static_cast<std::streamsize>(block.size()));
        copy.write(
            std::as_bytes(std::span(block)).first(static_cast<std::size_t>(source.gcount())));
    }
    if (!source.is_open() || source.bad())
        throw Error((from / name).string(), "cannot be read");
    copy.finish();
}

} // namespace

void requireOwnModel(const fs::path& existing) {
    if (!wasWrittenHere(existing / "config.json"))
        throw Error(existing.string(), "is there already, and is not empty; only a model that "
                                       "residuum has written is replaced: name a new folder");
    for (const auto& entry : fs::directory_iterator(existing)) {
        const auto name = entry.path().filename().string();
        if (!canBeWrittenHere(name))
            throw Error(existing.string(), "has more in it than the model to be replaced (" +
                                               oneLine(name, 80) +
                                               "); move that away, or name a new folder");
    }
}

void writeConfig(const AtomicFolder& folder, const nlohmann::json& config) {
    FolderFile file(folder, "config.json");
    file.write(config.dump(2) + "\n");
    file.finish();
}

std::vector<std::string> copyTokenizerFiles(const fs::path& from, const AtomicFolder& folder) {
    std::vector<std::string> copied;
    for (const char* name : tokenizerFiles)
        if (isFile(from / name)) {
            copyFile(from, name, folder);
            copied.emplace_back(name);
        }
    return copied;
}

void copyGenerationConfig(const fs::path& from, const AtomicFolder& folder) {
    if (isFile(from / generationConfig))
        copyFile(from, generationConfig, folder);
}

} // namespace residuum::checkpoint
