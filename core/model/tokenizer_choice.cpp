#include "core/model/tokenizer_choice.h"

#include "core/checkpoint/tokenizer_candidates.h"
#include "core/task/error.h"

#include <algorithm>

namespace residuum {

namespace {

namespace fs = std::filesystem;

using Opened = std::pair<TokenizerCandidate, std::shared_ptr<const Tokenizer>>;

constexpr char advice[] = "; give token ids, or name a tokenizer's folder with --tokenizer";

TokenizerChoice chosen(std::shared_ptr<const Tokenizer> tokenizer, const fs::path& folder,
                       const std::string& taken) {
    TokenizerChoice choice;
    choice.folder = folder;
    choice.origin = tokenizer->source() + taken;
    choice.warnings = tokenizer->warnings();
    choice.tokenizer = std::move(tokenizer);
    return choice;
}

/// None, for `reason`; `warning` is what it means for the model.
TokenizerChoice refused(const Error& reason, const std::string& warning) {
    TokenizerChoice choice;
    choice.warnings = {warning + advice};
    choice.refusing = Tokenizer::refusing(Error(reason.subject(), reason.reason() + advice));
    return choice;
}

TokenizerChoice openOwn(const fs::path& folder, std::optional<std::size_t> size) {
    try {
        return chosen(Tokenizer::open(folder, size), folder, "");
    } catch (const Error& error) {
        auto choice = refused(error, std::string("its tokenizer cannot be used: ") + error.what());
        choice.folder = folder;
        return choice;
    }
}

/// Null where the candidate's tokenizer cannot be used with this model. opened: those that were
/// opened before it, which often are copies of it.
std::shared_ptr<const Tokenizer> openCandidate(const TokenizerCandidate& candidate,
                                               const std::vector<Opened>& opened,
                                               std::size_t size) {
    try {
        for (const auto& [other, tokenizer] : opened) {
            if (Tokenizer::haveSameFiles(other.folder, candidate.folder))
                return tokenizer;
        }
        auto tokenizer = Tokenizer::open(candidate.folder);
        return tokenizer->size() <= size ? tokenizer : nullptr;
    } catch (const Error&) {
        return nullptr;
    }
}

TokenizerChoice taken(const Opened& from, const std::string& why) {
    const auto& [candidate, tokenizer] = from;
    auto choice =
        chosen(tokenizer, candidate.folder,
               ", taken from " + candidate.name + " because the checkpoint has none of its own");
    choice.warnings.insert(choice.warnings.begin(), "it has no tokenizer of its own; the one of " +
                                                        candidate.name + " is used, " + why +
                                                        "; name another with --tokenizer");
    return choice;
}

/// Of several that are equally near: the first, where all agree.
TokenizerChoice agreed(const ModelLocation& model, const std::vector<Opened>& opened,
                       const std::string& why) {
    if (opened.empty())
        return {};
    const auto& first = opened.front();
    const auto other = std::find_if(opened.begin(), opened.end(), [&](const Opened& one) {
        return one.second->fingerprint() != first.second->fingerprint();
    });
    if (other == opened.end())
        return taken(first, why);
    const std::string found = "no tokenizer of its own, and those of its size disagree, as " +
                              first.first.name + " and " + other->first.name;
    return refused(Error(model.source, "has " + found), "it has " + found);
}

TokenizerChoice chooseNeighbour(const ModelLocation& model, std::size_t size) {
    const auto candidates = tokenizerCandidates(model, static_cast<int>(size));
    std::vector<Opened> opened;
    std::size_t kinship = candidates.empty() ? 0 : candidates.front().kinship;
    for (const auto& candidate : candidates) {
        if (candidate.kinship != kinship && !opened.empty())
            break; // nearer ones decide
        kinship = candidate.kinship;
        auto tokenizer = openCandidate(candidate, opened, size);
        if (!tokenizer)
            continue;
        if (tokenizer->isGpt2())
            return taken({candidate, std::move(tokenizer)}, "which is GPT-2's");
        opened.emplace_back(candidate, std::move(tokenizer));
    }
    if (kinship > 0)
        return agreed(model, opened, "whose name it has");
    return agreed(model, opened,
                  opened.size() == 1 ? "the only one of its size nearby"
                                     : "with which all others of its size nearby agree");
}

} // namespace

TokenizerChoice chooseTokenizer(const ModelLocation& model, const fs::path& named,
                                std::optional<std::size_t> d_vocab) {
    if (!named.empty())
        return chosen(Tokenizer::open(named, d_vocab), named,
                      ", taken from " + named.string() + " as asked");
    // Half a tokenizer is one that cannot be read, no reason to take a stranger's.
    if (Tokenizer::isPresent(model.folder) || Tokenizer::isHalf(model.folder))
        return openOwn(model.folder, d_vocab);
    return d_vocab ? chooseNeighbour(model, *d_vocab) : TokenizerChoice{};
}

} // namespace residuum
