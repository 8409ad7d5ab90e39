// tokenizer.json: a whole tokenizer in one file, as Hugging Face's library writes it.
#pragma once

#include "core/tokenizer/companions.h"
#include "core/tokenizer/vocabulary.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace residuum {

/// Reads it and refuses everything that would encode otherwise than GPT-2's does.
class TokenizerJson {
  public:
    /// Throws Error where `file` is no JSON, or no tokenizer of GPT-2's kind.
    explicit TokenizerJson(std::filesystem::path file);

    /// The vocabulary, with what the files beside it add. Throws Error naming the entry.
    Vocabulary read(const Companions& companions) const;

    /// Says, for people, in what a vocab.json and merges.txt beside it, read, differ from it; empty
    /// where they agree.
    std::string differenceFrom(const nlohmann::json& vocabulary, const std::string& merges) const;

  private:
    void checkPreTokenizer() const;
    void checkModel() const;
    std::vector<AddedToken> addedTokens() const;
    void addMerges(VocabularyBuilder& builder) const;
    std::string aroundEveryText() const;

    std::filesystem::path file_;
    nlohmann::json root_;
};

} // namespace residuum
