#include "widgets/panels/verdict.h"

#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"
#include "widgets/workspace/workspace.h"

namespace residuum {

QString positionText(const Workspace& workspace) {
    const auto& state = workspace.state();
    const auto at = static_cast<std::size_t>(state.position);
    if (at >= state.prompt.tokens.size())
        return QString::number(state.position);
    return QStringLiteral("%1 (%2)")
        .arg(state.position)
        .arg(chipText(workspace.tokenizer().get(), state.prompt.tokens[at]));
}

QString meanText(const Workspace& workspace) {
    if (!workspace.asksMean())
        return {};
    const auto& set = *workspace.state().set;
    return set.pairs ? QObject::tr("mean of %1 (%2)")
                           .arg(countText(set.size(), QObject::tr("prompt")), set.name)
                     : QObject::tr("mean of %1").arg(set.name);
}

QString placeText(const Workspace& workspace) {
    const auto mean = meanText(workspace);
    return mean.isEmpty() ? QObject::tr("position %1").arg(positionText(workspace))
                          : QObject::tr("the end, %1").arg(mean);
}

QString onePromptText(const Workspace& workspace) {
    const auto& state = workspace.state();
    const auto size = state.set->size();
    return QObject::tr("Prompt %1 (%2), this tab has no mean: ")
        .arg(size == 0 ? QString::number(state.pair + 1)
                       : QObject::tr("%1 of %2").arg(state.pair + 1).arg(size),
             state.set->name);
}

} // namespace residuum
