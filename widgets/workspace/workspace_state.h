// What the document is, as plain data: what undo restores and a session will save.
#pragma once

#include "analysis/inputs/input_request.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/question/session.h"
#include "core/index.h"
#include "widgets/plots/pin.h"

#include <QString>

#include <memory>
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

/// Pairs of prompts that are asked about together. Never changed once made.
struct PromptSet {
    QString name;
    PairRequest request;
    std::shared_ptr<const PairInput> pairs;     ///< null: not read yet in this vocabulary
    std::shared_ptr<const PromptInput> prompts; ///< the clean ones with their answers; likewise
    int context = 0;                            ///< positions of the models it was read for

    int size() const { return pairs ? static_cast<int>(pairs->tokens.size()) : 0; }
};

/// The part that can be undone.
struct WorkspaceState {
    PromptState prompt;
    PromptState corrupt; ///< of patching; `prompt` is the clean one
    int position = 0;
    std::optional<TokenId> target; ///< empty: each model's own top prediction
    std::optional<TokenId> versus;
    std::vector<Pin> pins;
    std::shared_ptr<const PromptSet> set; ///< null: none is open
    int pair = 0;                         ///< the last one that was looked at
    bool mean = false; ///< what can be asked of the whole set is; else all is of the prompt

    friend bool operator==(const WorkspaceState&, const WorkspaceState&) = default;
};

} // namespace residuum
