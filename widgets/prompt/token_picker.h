// Picks one token: from the models' own top predictions or as free text.
#pragma once

#include "core/index.h"
#include "core/tokenizer/tokenizer.h"

#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// One entry of the list, e.g. model "ln-free", token 482, probability 0.93.
struct TokenChoice {
    QString model;
    TokenId token;
    double probability = 0.0;
};

/// GUI thread only. A combo box with a first entry that means "no fixed token" (e.g. "each model's
/// top prediction" or "nothing"), each model's top predictions grouped under its name, and free
/// text
/// (" Mary" with or without quotes, or #1234) that shows at once how it tokenises and is refused,
/// with its split, when it is not exactly one token.
class TokenPicker : public QWidget {
    Q_OBJECT

  public:
    /// `caption`: e.g. "target"; `noneText`: the first entry.
    TokenPicker(const QString& caption, const QString& noneText, QWidget* parent = nullptr);
    ~TokenPicker() override;

    void setTokenizer(std::shared_ptr<const Tokenizer> tokenizer, int d_vocab);
    void setChoices(const std::vector<TokenChoice>& choices);
    /// The text that the token is to follow: where a space seems to be too many or missing a hint
    /// stands under the box.
    void setPrompt(const QString& text);
    void setToken(std::optional<TokenId> token);
    std::optional<TokenId> token() const;
    /// The sentence shown under the box while the text is refused, or a hint; "" when it is fine.
    QString message() const;

  Q_SIGNALS:
    void tokenPicked(std::optional<residuum::TokenId> token);

  private:
    void pick(std::optional<TokenId> token);

    class Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
