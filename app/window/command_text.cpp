#include "app/window/command_text.h"

#include "widgets/workspace/workspace.h"

namespace residuum {

QString reproducingCommand(const Workspace& workspace) {
    std::vector<ModelInfo> models;
    for (const auto& column : workspace.columns())
        if (column.model)
            models.push_back(column.model->info());
    if (models.empty())
        return {};
    const auto request =
        requestText(originOf<DlaAnalysis>(models, workspace.promptInput(), workspace.dlaRequest()));
    return QString::fromStdString(DlaAnalysis::command(request, "the window") + " -o dla.h5");
}

} // namespace residuum
