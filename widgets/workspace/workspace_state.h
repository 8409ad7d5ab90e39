// What the document is, as plain data: what undo restores and a session will save.
#pragma once

#include "analysis/question/session.h"
#include "core/index.h"
#include "widgets/plots/pin.h"

#include <QString>

#include <optional>
#include <utility>
#include <vector>

namespace residuum {

struct PromptState {
    QString text;
    std::vector<TokenId> tokens; ///< with end-of-text in front where chosen
    bool endOfTextFirst = false;

    friend bool operator==(const PromptState&, const PromptState&) = default;
};

/// As sessions and analyses take it.
SessionPrompt sessionPrompt(const PromptState& prompt);

/// The part that can be undone.
struct WorkspaceState {
    PromptState prompt;
    PromptState corrupt; ///< of patching; `prompt` is the clean one
    int position = 0;
    std::optional<TokenId> target; ///< empty: each model's own top prediction
    std::optional<TokenId> versus;
    std::vector<Pin> pins;

    friend bool operator==(const WorkspaceState&, const WorkspaceState&) = default;
};

} // namespace residuum
