// How a token is shown to people.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <QString>

#include <map>
#include <string>

namespace residuum {

/// A token for a chip: leading space as "·" kept visible, newline "⏎", tab "⇥", bytes that are not
/// UTF-8 as \xE2, end-of-text as "⟨end⟩". Without a tokenizer: "#1234".
QString chipText(const Tokenizer* tokenizer, TokenId token);
/// The same of a token's text as result files have it.
QString chipText(const std::string& text);
/// A token in running text, quoted as the command line takes it: `" Mary"`; without a tokenizer
/// "#1234".
QString quotedToken(const Tokenizer* tokenizer, TokenId token);
/// The same of a token's text.
QString inQuotes(const QString& text);

/// "99.8 %", "0.123 %", "> 99.9 %", "< 0.01 %": never 100 % or 0 % of what is only close to it.
QString probabilityText(double probability);

/// Names tokens by a tokenizer, or by texts that a result file has kept where there is none.
class TokenNames {
  public:
    /// Both may be null, and must outlive this.
    explicit TokenNames(const Tokenizer* tokenizer, const std::map<int, QString>* kept = nullptr)
        : tokenizer_(tokenizer), kept_(kept) {}

    QString chip(TokenId token) const;   ///< as chipText
    QString quoted(TokenId token) const; ///< as quotedToken

  private:
    const QString* keptText(TokenId token) const;

    const Tokenizer* tokenizer_;
    const std::map<int, QString>* kept_;
};

} // namespace residuum
