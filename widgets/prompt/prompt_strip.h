// The prompt as token chips: a click picks the position, typing edits the text in place.
#pragma once

#include "core/index.h"
#include "core/tokenizer/tokenizer.h"

#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

namespace residuum {

/// GUI thread only. Shows `tokens` as chips with their index; spaces and newlines are visible,
/// end-of-text is a chip that can be toggled at the front. Editing (Ctrl+L, double click, or typing
/// while focused) swaps the chips for a line edit under which the tokenisation is shown live; Enter
/// commits, Escape reverts. Without a tokenizer the text is a list of ids ("15 7 2").
class PromptStrip : public QWidget {
    Q_OBJECT

  public:
    explicit PromptStrip(QWidget* parent = nullptr);
    ~PromptStrip() override;

    /// Null: the models have no tokenizer, the prompt is typed as token ids below `d_vocab`.
    void setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab);
    /// More tokens than this are refused in a sentence under the strip.
    void setMaximumTokens(int n_ctx);
    /// Shows a prompt as it stands in the document (does not emit promptEdited).
    void setPrompt(const std::vector<TokenId>& tokens, const QString& text, bool endOfTextFirst);
    void setPosition(int position);
    int position() const;
    /// A bar under every token, 0 … 1; NaN: none. `meaning`: what they show, in a sentence.
    void setUnderlay(const std::vector<double>& bars, const QString& meaning);
    /// An error that concerns the prompt, shown under the strip until the next edit; "" clears it.
    void setMessage(const QString& sentence);
    /// Texts of earlier prompts, the last one first, which the editor's arrows bring back.
    void setEarlier(std::function<QStringList()> earlier);
    QString message() const;

  public Q_SLOTS:
    /// Opens the editor with the text selected (Ctrl+L).
    void startEditing();
    void copyIds() const;

  Q_SIGNALS:
    /// The user committed a text that tokenises: `tokens` (with end-of-text in front where chosen).
    void promptEdited(const std::vector<residuum::TokenId>& tokens, const QString& text,
                      bool endOfTextFirst);
    void positionPicked(int position);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    class Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
