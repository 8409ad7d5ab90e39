#include "widgets/prompt/prompt_reader.h"

#include "analysis/inputs/prompt_tokens.h"
#include "core/task/error.h"
#include "core/task/wording.h"
#include "widgets/prompt/token_display.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

std::string numbered(qsizetype count) {
    return QLocale::c().toString(static_cast<qlonglong>(count)).toStdString();
}

QString tr(const char* text) {
    return QCoreApplication::translate("PromptReader", text);
}

} // namespace

void PromptReader::setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab) {
    d_vocab_ = d_vocab;
    if (std::exchange(tokenizer_, tokenizer) != tokenizer)
        measure();
}

void PromptReader::setMaximumTokens(int n_ctx) {
    if (std::exchange(maximum_, n_ctx) != n_ctx)
        measure();
}

void PromptReader::measure() {
    longest_ = maximum_ == 0 ? longestWithoutModels
                             : static_cast<qsizetype>(longestPrompt(tokenizer_.get(), maximum_));
}

/// How much a prompt may have.
QString PromptReader::roomText() const {
    return maximum_ == 0
               ? tr("without a model at most %L1 are taken").arg(longest_)
               : tr("the models' context holds %1 tokens, which is at most %L2 characters")
                     .arg(maximum_)
                     .arg(longest_);
}

std::vector<TokenId> PromptReader::read(const QString& typed, bool endOfTextFirst) const {
    // Before it is tokenised: what is too long by far would take its time at every key.
    if (typed.size() > longest_)
        throw Error("the prompt", "has " + numbered(typed.size()) + " characters; " +
                                      roomText().toStdString() + "; shorten it");
    auto tokens = promptTokens(typed.toStdString(), endOfTextFirst, tokenizer_.get(), d_vocab_);
    requireRoom(tokens.size());
    return tokens;
}

void PromptReader::requireRoom(std::size_t count) const {
    if (count == 0)
        throw Error("the prompt", "is empty; type at least one token");
    if (maximum_ > 0 && count > static_cast<std::size_t>(maximum_))
        throw Error("the prompt", "has " + std::to_string(count) +
                                      " tokens, the models' context holds " +
                                      std::to_string(maximum_) + "; shorten it");
}

QString PromptReader::editable(const std::vector<TokenId>& tokens, const QString& text,
                               bool endOfTextFirst) const {
    const std::size_t own = endOfTextFirst ? 1 : 0;
    if (!text.isEmpty() || tokens.size() <= own)
        return text;
    QString shown;
    for (auto i = own; i < tokens.size(); ++i)
        shown += chipText(tokenizer_.get(), tokens[i]);
    return shown;
}

QString PromptReader::preview(const std::vector<TokenId>& tokens) const {
    QStringList shown;
    for (std::size_t i = 0; i < std::min<std::size_t>(tokens.size(), 40); ++i)
        shown << chipText(tokenizer_.get(), tokens[i]);
    if (tokens.size() > 40)
        shown << QStringLiteral("…");
    return tr("%1: %2 (Enter: use it, Escape: keep the old one)")
        .arg(QString::fromStdString(counted(tokens.size(), "token")),
             shown.join(QStringLiteral(" | ")));
}

QString PromptReader::refusal(qsizetype units) const {
    return tr("Nothing was pasted: that are %L1 characters, and %2.").arg(units).arg(roomText());
}

} // namespace residuum
