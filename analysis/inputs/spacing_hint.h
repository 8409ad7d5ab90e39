// Answers that a person probably meant with a space more or less.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <optional>
#include <string>

namespace residuum {

/// A warning where `prompt` ends in a space and the answer begins with one, or where the answer
/// follows a word without its leading space though with it it would be one token too. `answer`: a
/// TOKEN (text or #id), written as such.
std::optional<std::string> spacingHint(const std::string& prompt, const std::string& answer,
                                       const Tokenizer& tokenizer);

} // namespace residuum
