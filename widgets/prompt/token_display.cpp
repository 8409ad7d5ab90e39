#include "widgets/prompt/token_display.h"

#include "core/task/error.h"

namespace residuum {

namespace {

/// The token's text, bytes that are not UTF-8 escaped; nothing where it has none.
std::optional<QString> textOf(const Tokenizer* tokenizer, TokenId token) {
    if (tokenizer == nullptr)
        return std::nullopt;
    try {
        return QString::fromStdString(tokenizer->text(token));
    } catch (const Error&) {
        return std::nullopt; // an id that the vocabulary leaves out
    }
}

QString numbered(TokenId token) {
    return QLatin1Char('#') + QString::number(token.value);
}

QString escapedControl(QChar c) {
    return QStringLiteral("\\x%1").arg(QString::number(c.unicode(), 16).toUpper(), 2,
                                       QLatin1Char('0'));
}

} // namespace

QString chipText(const Tokenizer* tokenizer, TokenId token) {
    const auto text = textOf(tokenizer, token);
    if (!text)
        return numbered(token);
    if (tokenizer->endOfText() == token)
        return QStringLiteral("⟨end⟩");
    QString shown;
    for (const QChar c : *text) {
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

QString quotedToken(const Tokenizer* tokenizer, TokenId token) {
    const auto text = textOf(tokenizer, token);
    if (!text)
        return numbered(token);
    QString shown = QStringLiteral("\"");
    for (const QChar c : *text) {
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

} // namespace residuum
