// What each model answers to the prompt, in a line of its column, in every tab.
#pragma once

#include "widgets/workspace/workspace.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace residuum {

/// Of the board that tells; empty: none does (yet).
std::optional<PromptAnswer> promptAnswer(const Workspace& workspace, const ModelColumn& column);

/// `Δ 9.39 logits · 99.8 % · rank 1`; with ` · prefers " John"` where the model fails.
QString answerText(const PromptAnswer& answer, const Tokenizer* tokenizer);
/// In fewer and fewer words: "Δ 9.39 · 99.7 %", "Δ 9.39".
QStringList briefAnswers(const PromptAnswer& answer, const Tokenizer* tokenizer);
/// Of what, at which position, in words.
QString answerExplanation(const PromptAnswer& answer, const Workspace& workspace);

} // namespace residuum
