#include "app/window/command_text.h"

#include "widgets/workspace/workspace.h"

#include <QRegularExpression>

namespace residuum {

namespace {

/// Ids say the same as texts on every machine and need no quoting of odd bytes.
QString tokenArgument(TokenId token) {
    return shellQuoted(QStringLiteral("#%1").arg(token.value));
}

QString promptArguments(const Workspace& workspace) {
    const auto& prompt = workspace.state().prompt;
    if (workspace.tokenizer())
        return QStringLiteral(" --prompt=%1%2")
            .arg(shellQuoted(prompt.text),
                 prompt.endOfTextFirst ? QStringLiteral(" --bos") : QString());
    QStringList ids;
    for (const auto token : prompt.tokens)
        ids << QString::number(token.value);
    return QStringLiteral(" --ids ") + ids.join(QLatin1Char(','));
}

} // namespace

QString shellQuoted(const QString& text) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:,=-]+$"));
    if (plain.match(text).hasMatch())
        return text;
    auto quoted = text;
    quoted.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

QString reproducingCommand(const Workspace& workspace) {
    const auto& state = workspace.state();
    QString command = QStringLiteral("residuum dla");
    for (const auto& source : workspace.sources())
        command += QLatin1Char(' ') + shellQuoted(source);
    command += promptArguments(workspace);
    command += QStringLiteral(" --target ") +
               (state.target ? tokenArgument(*state.target) : QStringLiteral("argmax"));
    if (state.versus)
        command += QStringLiteral(" --versus ") + tokenArgument(*state.versus);
    return command + QStringLiteral(" --position all -o dla.h5");
}

} // namespace residuum
