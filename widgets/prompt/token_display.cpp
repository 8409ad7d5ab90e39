#include "widgets/prompt/token_display.h"

namespace residuum {

namespace {

/// The token's text, bytes that are not UTF-8 escaped; nothing where it has none.
std::optional<QString> textOf(const Tokenizer* tokenizer, TokenId token) {
    if (tokenizer == nullptr || !tokenizer->has(token))
        return std::nullopt;
    return QString::fromStdString(tokenizer->text(token));
}

QString numbered(TokenId token) {
    return QLatin1Char('#') + QString::number(token.value);
}

QString escapedControl(QChar c) {
    return QStringLiteral("\\x%1").arg(QString::number(c.unicode(), 16).toUpper(), 2,
                                       QLatin1Char('0'));
}

QString endOfTextChip() {
    return QStringLiteral("⟨end⟩");
}

QString withVisibleSpaces(const QString& text) {
    QString shown;
    for (const QChar c : text) {
        if (c == QLatin1Char(' '))
            shown += QChar(0x00B7);
        else if (c == QLatin1Char('\n'))
            shown += QChar(0x23CE);
        else if (c == QLatin1Char('\t'))
            shown += QChar(0x21E5);
        else if (c == QChar(0x00A0))
            shown += QChar(0x237D); // no-break space
        else if (c.category() == QChar::Other_Control)
            shown += escapedControl(c);
        else
            shown += c;
    }
    return shown;
}

} // namespace

QString inQuotes(const QString& text) {
    QString shown = QStringLiteral("\"");
    for (const QChar c : text) {
        if (c == QLatin1Char('\n'))
            shown += QStringLiteral("\\n");
        else if (c == QLatin1Char('\t'))
            shown += QStringLiteral("\\t");
        else if (c.category() == QChar::Other_Control)
            shown += escapedControl(c);
        else
            shown += c;
    }
    return shown + QLatin1Char('"');
}

QString chipText(const Tokenizer* tokenizer, TokenId token) {
    const auto text = textOf(tokenizer, token);
    if (!text)
        return numbered(token);
    return tokenizer->endOfText() == token ? endOfTextChip() : withVisibleSpaces(*text);
}

QString chipText(const std::string& text) {
    return text == "<|endoftext|>" ? endOfTextChip()
                                   : withVisibleSpaces(QString::fromStdString(text));
}

QString quotedToken(const Tokenizer* tokenizer, TokenId token) {
    const auto text = textOf(tokenizer, token);
    return text ? inQuotes(*text) : numbered(token);
}

const QString* TokenNames::keptText(TokenId token) const {
    if (tokenizer_ != nullptr || kept_ == nullptr)
        return nullptr;
    const auto found = kept_->find(token.value);
    // What a model without a tokenizer wrote is no text.
    return found == kept_->end() || found->second == numbered(token) ? nullptr : &found->second;
}

QString probabilityText(double probability) {
    const double percent = 100.0 * probability;
    if (percent < 0.01)
        return QStringLiteral("< 0.01 %");
    if (percent > 99.9)
        return QStringLiteral("> 99.9 %");
    const int decimals = percent < 0.1 ? 3 : percent < 10.0 ? 2 : 1;
    return QStringLiteral("%1 %").arg(percent, 0, 'f', decimals);
}

QString TokenNames::chip(TokenId token) const {
    const auto* text = keptText(token);
    return text != nullptr ? chipText(text->toStdString()) : chipText(tokenizer_, token);
}

QString TokenNames::quoted(TokenId token) const {
    const auto* text = keptText(token);
    return text != nullptr ? inQuotes(*text) : quotedToken(tokenizer_, token);
}

} // namespace residuum
