#include "widgets/workspace/vocabulary.h"

#include "analysis/inputs/prompt_tokens.h"
#include "analysis/question/thing.h"
#include "core/task/error.h"

#include <QCoreApplication>

#include <algorithm>

namespace residuum {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Vocabulary", text);
}

QString textOf(const PromptState& prompt, const Vocabulary& vocabulary) {
    return QString::fromStdString(
        promptText(prompt.tokens, prompt.endOfTextFirst, vocabulary.tokenizer.get()));
}

/// What a prompt is called in a sentence, and what happens to it.
class PromptMove {
  public:
    PromptMove(QString name, const Vocabulary& to, QStringList& said)
        : name_(std::move(name)), to_(to), said_(said) {}

    PromptState cleared(const QString& why) const {
        said_ << tr("%1 was cleared: %2").arg(name_, why);
        return {};
    }

    PromptState encoded(const QString& text, bool endOfTextFirst) const {
        if (!to_.tokenizer)
            return cleared(tr("these models have no tokenizer, so texts cannot be expressed in "
                              "their vocabulary."));
        PromptState next{text, {}, endOfTextFirst};
        if (endOfTextFirst && !to_.tokenizer->endOfText()) {
            next.endOfTextFirst = false;
            said_ << tr("%1 has lost its end-of-text token: this vocabulary has none.").arg(name_);
        }
        try {
            next.tokens = promptTokens(text.toStdString(), next.endOfTextFirst, to_.tokenizer.get(),
                                       to_.size);
        } catch (const Error& error) {
            return cleared(QString::fromUtf8(error.what()));
        }
        return next.tokens.empty() ? cleared(tr("nothing of it is left in this vocabulary."))
                                   : next;
    }

    PromptState moved(const PromptState& prompt, const Vocabulary& from) const {
        if (prompt.tokens.empty())
            return prompt;
        const auto text = from.tokenizer ? textOf(prompt, from) : QString();
        const bool onlyEnd = prompt.endOfTextFirst && prompt.tokens.size() == 1;
        if (text.isEmpty() && !onlyEnd)
            return cleared(tr("it was given as token ids, which mean something else in this "
                              "vocabulary."));
        return encoded(text, prompt.endOfTextFirst);
    }

    /// Of a prompt whose ids may be of any vocabulary. `ids`: whether they are this one's.
    PromptState checked(const PromptState& prompt, bool& ids) const {
        if (prompt.tokens.empty())
            return prompt;
        const bool within =
            std::all_of(prompt.tokens.begin(), prompt.tokens.end(),
                        [&](TokenId token) { return token.value >= 0 && token.value < to_.size; });
        const auto asIds = QString::fromStdString(promptText(prompt.tokens, false, nullptr));
        const bool givenAsIds = prompt.text.isEmpty() || prompt.text == asIds;
        if (within && (givenAsIds || says(prompt))) {
            auto same = prompt;
            if (givenAsIds)
                same.text = textOf(prompt, to_);
            return same;
        }
        ids = false;
        if (givenAsIds)
            return cleared(tr("its token ids are beyond this vocabulary."));
        auto next = encoded(prompt.text, prompt.endOfTextFirst);
        if (!next.tokens.empty())
            said_ << tr("%1 was encoded again from its text: its token ids were another "
                        "vocabulary's.")
                         .arg(name_);
        return next;
    }

  private:
    /// Whether the ids are what the text says, or the text what the ids spell.
    bool says(const PromptState& prompt) const {
        if (textOf(prompt, to_) == prompt.text)
            return true;
        try {
            return promptTokens(prompt.text.toStdString(), prompt.endOfTextFirst,
                                to_.tokenizer.get(), to_.size) == prompt.tokens;
        } catch (const Error&) {
            return false;
        }
    }

    QString name_;
    const Vocabulary& to_;
    QStringList& said_;
};

/// The token of the same text.
std::optional<TokenId> movedToken(std::optional<TokenId> token, const QString& name,
                                  const Vocabulary& from, const Vocabulary& to, QStringList& said) {
    if (!token)
        return std::nullopt;
    auto shown = QString::fromStdString(label(*token));
    if (from.tokenizer) {
        try {
            const auto& bytes = from.tokenizer->bytes(*token);
            shown = QStringLiteral("\"%1\"").arg(QString::fromStdString(escapeInvalidUtf8(bytes)));
            if (const auto there = to.tokenizer ? to.tokenizer->single(bytes) : std::nullopt)
                return there;
        } catch (const Error&) {
            // an id that the vocabulary leaves out, or a text that the other cannot express
        }
    }
    said << tr("%1 was cleared: %2 is no single token of this vocabulary.").arg(name, shown);
    return std::nullopt;
}

QString promptName() {
    return tr("The prompt");
}
QString corruptName() {
    return tr("The corrupted prompt");
}
QString targetName() {
    return tr("The target");
}
QString versusName() {
    return tr("Versus");
}

void placePosition(WorkspaceState& state) {
    state.position = std::clamp(state.position, 0,
                                std::max(0, static_cast<int>(state.prompt.tokens.size()) - 1));
}

} // namespace

bool sameMeaning(const Vocabulary& a, const Vocabulary& b) {
    if (a.size != b.size || (a.tokenizer == nullptr) != (b.tokenizer == nullptr))
        return false;
    return a.tokenizer == b.tokenizer || a.tokenizer->fingerprint() == b.tokenizer->fingerprint();
}

Translation translated(const WorkspaceState& state, const Vocabulary& from, const Vocabulary& to) {
    Translation next{state, {}};
    next.state.prompt = PromptMove(promptName(), to, next.said).moved(state.prompt, from);
    next.state.corrupt = PromptMove(corruptName(), to, next.said).moved(state.corrupt, from);
    next.state.target = movedToken(state.target, targetName(), from, to, next.said);
    next.state.versus = movedToken(state.versus, versusName(), from, to, next.said);
    if (next.state.versus == next.state.target)
        next.state.versus.reset();
    if (next.state.prompt.tokens.size() != state.prompt.tokens.size())
        next.state.position = static_cast<int>(next.state.prompt.tokens.size()) - 1;
    if (state.set) // its texts are read again
        next.state.set = std::make_shared<const PromptSet>(
            PromptSet{state.set->name, state.set->request, nullptr, nullptr});
    placePosition(next.state);
    return next;
}

Translation verified(const WorkspaceState& state, const Vocabulary& vocabulary) {
    Translation next{state, {}};
    bool ids = true;
    next.state.prompt = PromptMove(promptName(), vocabulary, next.said).checked(state.prompt, ids);
    next.state.corrupt =
        PromptMove(corruptName(), vocabulary, next.said).checked(state.corrupt, ids);
    const Vocabulary unknown;
    const auto kept = [&](std::optional<TokenId> token, const QString& name) {
        return ids && token && token->value >= 0 && token->value < vocabulary.size
                   ? token
                   : movedToken(token, name, unknown, vocabulary, next.said);
    };
    next.state.target = kept(state.target, targetName());
    next.state.versus = kept(state.versus, versusName());
    placePosition(next.state);
    return next;
}

Translation taken(const WorkspaceState& state, const std::shared_ptr<const Vocabulary>& from,
                  const Vocabulary& to) {
    if (!from)
        return verified(state, to);
    return sameMeaning(*from, to) ? Translation{state, {}} : translated(state, *from, to);
}

WorkspaceState spelled(const WorkspaceState& state, const Vocabulary& vocabulary) {
    auto next = state;
    for (auto* prompt : {&next.prompt, &next.corrupt}) {
        const auto end = vocabulary.tokenizer ? vocabulary.tokenizer->endOfText() : std::nullopt;
        prompt->endOfTextFirst = end && !prompt->tokens.empty() && prompt->tokens.front() == *end;
        prompt->text = textOf(*prompt, vocabulary);
    }
    return next;
}

} // namespace residuum
