// What a document begins with, as it was given: models express it when they are open.
#pragma once

#include "core/index.h"

#include <string>
#include <vector>

namespace residuum {

struct Beginning {
    std::string prompt, corrupt;          ///< "": nothing, or ids instead
    std::vector<TokenId> ids, corruptIds; ///< instead of texts
    std::string target, versus;           ///< one token each, or #1234; "": none
    bool endOfTextFirst = false;

    bool hasPrompt() const { return !prompt.empty() || !ids.empty(); }
    friend bool operator==(const Beginning&, const Beginning&) = default;
};

} // namespace residuum
