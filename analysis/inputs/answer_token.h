// Texts that users give where ids are meant.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace residuum {

/// TOKEN: a text that is exactly one token, or #1234. `subject`: what asks, e.g. "--target". Throws
/// UsageError with the text's split shown otherwise. `tokenizer` may be null: ids only.
TokenId parseToken(const std::string& text, const std::string& subject, const Tokenizer* tokenizer,
                   int d_vocab);

/// "1,2,3" as token ids. Throws UsageError naming what is no id.
std::vector<TokenId> parseIds(const std::string& text, const std::string& option = "--ids");

} // namespace residuum
