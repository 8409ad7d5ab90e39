// What token ids mean, and what a document becomes where they mean something else.
#pragma once

#include "core/tokenizer/tokenizer.h"
#include "widgets/workspace/workspace_state.h"

#include <QStringList>

#include <memory>

namespace residuum {

struct Vocabulary {
    std::shared_ptr<const Tokenizer> tokenizer; ///< null: ids have no texts
    int size = 0;                               ///< ids run from 0 to size - 1
};

/// Whether the same ids mean the same, as far as can be known.
bool sameMeaning(const Vocabulary& a, const Vocabulary& b);

/// A state whose ids are of one vocabulary.
struct Translation {
    WorkspaceState state;
    QStringList said; ///< what could not be taken over, and what was taken otherwise: sentences
};

/// The same texts in another vocabulary: prompts are encoded again, targets are the tokens of the
/// same text. What cannot be expressed is cleared.
Translation translated(const WorkspaceState& state, const Vocabulary& from, const Vocabulary& to);

/// A state of which only texts and ids are known (a session): ids that spell their texts are this
/// vocabulary's; others follow the text.
Translation verified(const WorkspaceState& state, const Vocabulary& vocabulary);

/// What was asked in `from` (null: not known), in `to`.
Translation taken(const WorkspaceState& state, const std::shared_ptr<const Vocabulary>& from,
                  const Vocabulary& to);

/// The same ids with the texts that a tokenizer found for them gives them.
WorkspaceState spelled(const WorkspaceState& state, const Vocabulary& vocabulary);

} // namespace residuum
