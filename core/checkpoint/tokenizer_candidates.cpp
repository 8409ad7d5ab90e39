#include "core/checkpoint/tokenizer_candidates.h"

#include "core/checkpoint/vocabulary_size.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace residuum {

namespace {

namespace fs = std::filesystem;

bool isAlphanumeric(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The length of `name` where `model` is it, or it and more words.
std::size_t kinshipOf(const std::string& model, const std::string& name) {
    const auto own = lowered(model);
    const auto other = lowered(name);
    const bool whole = own.size() == other.size() ||
                       (own.size() > other.size() && !isAlphanumeric(own[other.size()]));
    return own.starts_with(other) && whole ? other.size() : 0;
}

fs::path canonicalOf(const fs::path& folder) {
    std::error_code failed;
    auto path = fs::canonical(folder, failed);
    return failed ? folder : path;
}

/// Whether `folder` is one of the snapshots of a repository in the Hub cache.
bool isSnapshot(const fs::path& folder) {
    return folder.parent_path().filename() == "snapshots";
}

} // namespace

std::vector<TokenizerCandidate> tokenizerCandidates(const ModelLocation& model, int d_vocab) {
    std::error_code ignored;
    fs::path own = fs::absolute(model.folder, ignored).lexically_normal();
    if (!own.has_filename())
        own = own.parent_path();
    std::vector<TokenizerCandidate> candidates;
    std::set<fs::path> seen = {canonicalOf(own)};
    std::set<std::string> gpt2;
    const auto consider = [&](const std::string& shown, const std::string& name,
                              const fs::path& folder) {
        if (!checkpoint::hasTokenizerFiles(folder) || !seen.insert(canonicalOf(folder)).second ||
            checkpoint::vocabularySize(folder) != d_vocab)
            return;
        candidates.push_back({shown, folder, kinshipOf(model.name, name)});
        if (lowered(name) == "gpt2")
            gpt2.insert(shown);
    };
    // Another snapshot of the same repository is the same model at another time.
    for (const fs::path& sibling : foldersIn(own.parent_path()))
        consider(sibling.string(), isSnapshot(own) ? model.name : sibling.filename().string(),
                 sibling);
    for (const ModelLocation& cached : listHubModels())
        consider(cached.source, cached.name, cached.folder);
    std::stable_sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
        if (a.kinship != b.kinship)
            return a.kinship > b.kinship;
        return gpt2.contains(a.name) && !gpt2.contains(b.name);
    });
    return candidates;
}

} // namespace residuum
