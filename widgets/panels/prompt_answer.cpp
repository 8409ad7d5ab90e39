#include "widgets/panels/prompt_answer.h"

#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"

#include <QLocale>

#include <cmath>

namespace residuum {

namespace {

bool isKnown(const PromptAnswer& answer) {
    return answer.rank > 0 && std::isfinite(answer.probability);
}

/// "478 of 480 right".
QString rightText(const PromptAnswer& answer) {
    const auto locale = QLocale::c();
    return QObject::tr("%1 of %2 right")
        .arg(locale.toString(std::llround(answer.right * answer.prompts)),
             locale.toString(answer.prompts));
}

} // namespace

std::optional<PromptAnswer> promptAnswer(const Workspace& workspace, const ModelColumn& column) {
    for (const auto& board : workspace.boards())
        if (auto answer = board->promptAnswer(column))
            return answer;
    return std::nullopt;
}

QString answerText(const PromptAnswer& answer, const Tokenizer* tokenizer) {
    if (answer.isMean)
        return QObject::tr("mean Δ %1 logits · %2")
            .arg(threeDigits(answer.logit), rightText(answer));
    // With something to compare with, the subject is the document's target and versus.
    QStringList parts{
        answer.versus ? QObject::tr("Δ %1 logits").arg(threeDigits(answer.logit))
                      : QObject::tr("%1: %2 logits")
                            .arg(quotedToken(tokenizer, answer.target), threeDigits(answer.logit))};
    if (answer.centred)
        parts.back() += QObject::tr(" above the mean");
    if (isKnown(answer))
        parts << probabilityText(answer.probability) << QObject::tr("rank %1").arg(answer.rank);
    if (answer.versus && answer.logit < 0.0)
        parts << QObject::tr("prefers %1").arg(quotedToken(tokenizer, *answer.versus));
    return parts.join(QStringLiteral(" · "));
}

QStringList briefAnswers(const PromptAnswer& answer, const Tokenizer* tokenizer) {
    const auto number = threeDigits(answer.logit);
    if (answer.isMean)
        return {QObject::tr("mean Δ %1 · %2").arg(number, rightText(answer)),
                QObject::tr("mean Δ %1").arg(number)};
    const auto logit = (answer.versus ? QObject::tr("Δ %1") : QObject::tr("logit %1")).arg(number);
    const auto known =
        isKnown(answer) ? QStringLiteral(" · ") + probabilityText(answer.probability) : QString();
    if (!answer.versus || answer.logit >= 0.0)
        return {logit + known, logit};
    // That it fails goes last.
    const auto prefers = QObject::tr(" · prefers %1").arg(quotedToken(tokenizer, *answer.versus));
    return {logit + known + prefers, logit + prefers, logit};
}

QString answerExplanation(const PromptAnswer& answer, const Workspace& workspace) {
    if (answer.isMean)
        return QObject::tr("At the end of each prompt the logit of its correct answer minus that "
                           "of its incorrect one, %1; right: where it is above 0.")
            .arg(meanText(workspace));
    const auto tokenizer = workspace.tokenizer();
    const auto target = quotedToken(tokenizer.get(), answer.target);
    auto text = (answer.versus ? QObject::tr("At position %1: the logit of %2 minus that of %3")
                                     .arg(positionText(workspace), target,
                                          quotedToken(tokenizer.get(), *answer.versus))
                 : answer.centred
                     ? QObject::tr("At position %1: the logit of %2 minus the mean of all logits")
                           .arg(positionText(workspace), target)
                     : QObject::tr("At position %1: the logit of %2")
                           .arg(positionText(workspace), target)) +
                QObject::tr("; what attributions add up to.");
    if (isKnown(answer))
        text += QObject::tr(" The model gives %1 a probability of %2, the %3 of all tokens.")
                    .arg(target, probabilityText(answer.probability),
                         answer.rank == 1 ? QObject::tr("largest")
                                          : QObject::tr("largest but %1").arg(answer.rank - 1));
    return text;
}

} // namespace residuum
