#include "widgets/panels/verdict.h"

#include "widgets/prompt/token_display.h"
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

} // namespace residuum
