#include "core/tokenizer/tokenizer_files.h"

#include "core/task/error.h"
#include "core/tokenizer/companions.h"
#include "core/tokenizer/json_file.h"
#include "core/tokenizer/merges_text.h"
#include "core/tokenizer/tokenizer_json.h"

#include <future>
#include <system_error>

namespace residuum {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

bool isFile(const Path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

bool hasPair(const Path& folder) {
    return isFile(folder / "vocab.json") && isFile(folder / "merges.txt");
}

Json readTokens(const Path& file) {
    Json vocabulary = readTokenizerJson(file);
    if (!vocabulary.is_object())
        throw Error(file.string(), std::string("is a JSON ") + vocabulary.type_name() +
                                       "; expected an object of tokens and their ids");
    return vocabulary;
}

Vocabulary readPair(const Path& folder) {
    auto companions = readCompanions(folder);
    const Path file = folder / "vocab.json";
    const Json tokens = readTokens(file);
    giveIds(companions.added, file, tokens);
    VocabularyBuilder builder(file);
    for (const AddedToken& token : companions.added)
        builder.addSpecial(token.file, token.text, *token.id, token.rule);
    for (const auto& [text, id] : tokens.items())
        builder.addToken(text, id);
    const Path merges = folder / "merges.txt";
    forEachMergeLine(readTokenizerFile(merges), [&](std::size_t number, std::string_view line) {
        builder.addMerge(merges, "line " + std::to_string(number), line);
    });
    if (companions.unknown)
        builder.setUnknown(*companions.unknown, false);
    auto vocabulary = builder.finish("vocab.json + merges.txt");
    vocabulary.prefixSpace = companions.prefixSpace.value_or(false);
    vocabulary.warnings.insert(vocabulary.warnings.begin(), companions.warnings.begin(),
                               companions.warnings.end());
    return vocabulary;
}

/// A sentence where the pair beside `json` says something else; empty where they agree.
std::string pairIgnored(const TokenizerJson& json, const Path& folder) {
    try {
        const auto difference = json.differenceFrom(readTokens(folder / "vocab.json"),
                                                    readTokenizerFile(folder / "merges.txt"));
        return difference.empty() ? std::string()
                                  : "its vocab.json and merges.txt differ from its tokenizer.json, "
                                    "which counts as in Hugging Face's (" +
                                        difference + " first)";
    } catch (const Error& error) {
        return std::string("its tokenizer.json counts; what is beside it cannot be read: ") +
               error.what();
    }
}

Vocabulary readJson(const Path& folder) {
    const TokenizerJson json(folder / "tokenizer.json");
    // Beside it, so that a model does not open later for it.
    std::future<std::string> ignored;
    if (hasPair(folder))
        ignored = std::async(std::launch::async, [&] { return pairIgnored(json, folder); });
    auto vocabulary = json.read(readCompanions(folder));
    if (ignored.valid()) {
        if (auto sentence = ignored.get(); !sentence.empty())
            vocabulary.warnings.push_back(std::move(sentence));
    }
    return vocabulary;
}

} // namespace

bool hasVocabulary(const Path& folder) {
    return hasPair(folder) || isFile(folder / "tokenizer.json");
}

bool hasHalfVocabulary(const Path& folder) {
    return !hasVocabulary(folder) &&
           (isFile(folder / "vocab.json") || isFile(folder / "merges.txt"));
}

bool hasSameFiles(const Path& one, const Path& other) {
    for (const char* name : {"tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json",
                             "special_tokens_map.json", "added_tokens.json"}) {
        const bool present = isFile(one / name);
        if (present != isFile(other / name) ||
            (present && readTokenizerFile(one / name) != readTokenizerFile(other / name)))
            return false;
    }
    return true;
}

Vocabulary readVocabulary(const Path& folder) {
    auto vocabulary = [&] {
        if (isFile(folder / "tokenizer.json"))
            return readJson(folder);
        if (hasPair(folder))
            return readPair(folder);
        for (const char* half : {"vocab.json", "merges.txt"}) {
            const char* const other = half[0] == 'v' ? "merges.txt" : "vocab.json";
            if (isFile(folder / half))
                throw Error((folder / other).string(), "is missing beside " + std::string(half) +
                                                           "; expected both, or tokenizer.json");
        }
        throw Error(folder.string(),
                    "has no tokenizer; expected vocab.json and merges.txt, or tokenizer.json");
    }();
    if (vocabulary.prefixSpace)
        vocabulary.warnings.push_back("its tokenizer puts a space in front of texts that begin "
                                      "with none (add_prefix_space), and so it is done here");
    return vocabulary;
}

} // namespace residuum
