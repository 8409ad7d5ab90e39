// How a token is shown to people.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <QString>

namespace residuum {

/// A token for a chip: leading space as "·" kept visible, newline "⏎", tab "⇥", bytes that are not
/// UTF-8 as \xE2, end-of-text as "⟨end⟩". Without a tokenizer: "#1234".
QString chipText(const Tokenizer* tokenizer, TokenId token);
/// A token in running text, quoted as the command line takes it: `" Mary"`; without a tokenizer
/// "#1234".
QString quotedToken(const Tokenizer* tokenizer, TokenId token);

} // namespace residuum
