// A prompt as people type it: text, or token ids where the models have no tokenizer.
#pragma once

#include "core/index.h"
#include "core/tokenizer/tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// The tokens of `text`, end-of-text in front where that is wished and there is one. Without a
/// tokenizer the text is a list of ids below `d_vocab`, "15 7 2". Throws Error naming what cannot
/// be expressed.
std::vector<TokenId> promptTokens(const std::string& text, bool endOfTextFirst,
                                  const Tokenizer* tokenizer, int d_vocab);

/// The text that `tokens` spell (without the end-of-text token in front, where there is one), so
/// that promptTokens takes it; "" where they spell none: bytes that are no UTF-8, unknown ids.
std::string promptText(const std::vector<TokenId>& tokens, bool endOfTextFirst,
                       const Tokenizer* tokenizer);

/// More bytes than this are more than `tokens` tokens, whatever they are.
std::size_t longestPrompt(const Tokenizer* tokenizer, int tokens);

} // namespace residuum
