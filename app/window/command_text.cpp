#include "app/window/command_text.h"

#include "widgets/workspace/workspace.h"

namespace residuum {

namespace {

std::vector<ModelInfo> openModels(const Workspace& workspace) {
    std::vector<ModelInfo> models;
    for (const auto& column : workspace.columns())
        if (column.model)
            models.push_back(column.model->info());
    return models;
}

} // namespace

QString patchingCommand(const Workspace& workspace) {
    const auto models = openModels(workspace);
    const auto& board = workspace.patching();
    if (models.empty() || !board.obstacle().isEmpty())
        return {};
    const auto request =
        requestText(originOf<PatchAnalysis>(models, board.input(), board.request()));
    return QString::fromStdString(PatchAnalysis::command(request, "the window") + " -o patch.h5");
}

QString neuronsCommand(const Workspace& workspace) {
    const auto models = openModels(workspace);
    const auto& board = workspace.neurons();
    if (models.empty() || !board.obstacle().isEmpty() || !board.followed())
        return {};
    auto asked = *board.followed();
    asked.nullSpace = board.settings().nullSpace;
    const auto request =
        requestText(originOf<NeuronAnalysis>(models, PromptInput{board.inputRequest(), {}}, asked));
    return QString::fromStdString(NeuronAnalysis::command(request, "the window") +
                                  " -o neurons.h5");
}

QString reproducingCommand(const Workspace& workspace) {
    const auto models = openModels(workspace);
    if (models.empty())
        return {};
    const auto request =
        requestText(originOf<DlaAnalysis>(models, workspace.promptInput(), workspace.dlaRequest()));
    return QString::fromStdString(DlaAnalysis::command(request, "the window") + " -o dla.h5");
}

} // namespace residuum
