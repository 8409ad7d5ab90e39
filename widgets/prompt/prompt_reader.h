// From what is typed to a prompt's tokens, and back. No widgets.
#pragma once

#include "core/index.h"
#include "core/tokenizer/tokenizer.h"

#include <QString>

#include <cstddef>
#include <memory>
#include <vector>

namespace residuum {

class PromptReader {
  public:
    /// Null: the models have no tokenizer, prompts are typed as token ids below `d_vocab`.
    void setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab);
    /// More tokens than this are refused; 0: none are.
    void setMaximumTokens(int n_ctx);
    const std::shared_ptr<const Tokenizer>& tokenizer() const { return tokenizer_; }
    /// Characters that a prompt may have.
    qsizetype longest() const { return longest_; }

    /// Throws Error where the text is nothing, too much, or cannot be expressed.
    std::vector<TokenId> read(const QString& typed, bool endOfTextFirst) const;
    /// Throws Error where so many tokens are no prompt.
    void requireRoom(std::size_t count) const;
    /// The prompt's text; of tokens that no text spells, what they look like.
    QString editable(const std::vector<TokenId>& tokens, const QString& text,
                     bool endOfTextFirst) const;

    /// What is being typed as tokens, in a sentence.
    QString preview(const std::vector<TokenId>& tokens) const;
    /// Why a text of so many UTF-16 units was not taken, in a sentence.
    QString refusal(qsizetype units) const;

  private:
    void measure();
    QString roomText() const;

    /// While no model is open that could say how many tokens it takes.
    static constexpr qsizetype longestWithoutModels = 100'000;

    std::shared_ptr<const Tokenizer> tokenizer_;
    int d_vocab_ = 0;
    int maximum_ = 0;
    qsizetype longest_ = longestWithoutModels;
};

} // namespace residuum
