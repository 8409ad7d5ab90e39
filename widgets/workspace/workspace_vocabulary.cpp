// The document and what its token ids mean.
#include "core/task/error.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>
#include <utility>

namespace residuum {

bool namesAgree(const StoredTokens& tokens, const Tokenizer* tokenizer) {
    if (tokenizer == nullptr)
        return true; // nobody knows
    for (std::size_t s = 0; s < tokens.texts.size(); ++s)
        for (std::size_t p = 0; p < tokens.texts[s].size(); ++p) {
            const auto token = tokens.input.sequences[s].tokens[p];
            const auto& named = tokens.texts[s][p];
            try {
                if (named != "#" + std::to_string(token.value) && named != tokenizer->text(token))
                    return false;
            } catch (const Error&) {
                return false; // an id that the vocabulary leaves out, with a text
            }
        }
    return true;
}

/// Text is the truth; ids follow it into another vocabulary.
void Workspace::enter(const Vocabulary& vocabulary) {
    const auto before = std::exchange(vocabulary_, std::make_shared<const Vocabulary>(vocabulary));
    if (before && sameMeaning(*before, vocabulary))
        return;
    const auto next =
        before ? translated(state_, *before, vocabulary) : verified(state_, vocabulary);
    if (!next.said.isEmpty())
        Q_EMIT message(next.said.join(QLatin1Char(' ')));
    apply(next.state);
}

void Workspace::enterVocabularyOf(const Model& model, bool besideOthers) {
    const Vocabulary own{model.tokenizer(), model.info().config.d_vocab};
    // Beside other models, or results that are shown, the ids keep their meaning.
    const bool ids = vocabulary_ && !vocabulary_->tokenizer && vocabulary_->size == own.size &&
                     (besideOthers || std::any_of(columns_.begin(), columns_.end(),
                                                  [](const auto& each) { return each.saved; }));
    if (ids && own.tokenizer) {
        vocabulary_ = std::make_shared<const Vocabulary>(own);
        apply(spelled(state_, own));
    } else if (!besideOthers) {
        enter(own);
    }
}

/// Of a result that is shown while no model is open: its ids, unless its texts say that they are
/// the document's.
void Workspace::enterVocabularyOf(const ModelColumn& saved) {
    const int size = saved.info()->config.d_vocab;
    if (!vocabulary_ || vocabulary_->size != size ||
        !namesAgree(saved.saved->tokens, vocabulary_->tokenizer.get()))
        enter({nullptr, size});
}

void Workspace::applyOf(const WorkspaceState& next,
                        const std::shared_ptr<const Vocabulary>& vocabulary) {
    if (!vocabulary || !vocabulary_ || sameMeaning(*vocabulary, *vocabulary_))
        return apply(next);
    const auto here = translated(next, *vocabulary, *vocabulary_);
    if (!here.said.isEmpty())
        Q_EMIT message(here.said.join(QLatin1Char(' ')));
    apply(here.state);
}

} // namespace residuum
