#include "widgets/panels/attribution_dataset.h"

#include "widgets/panels/attribution_board.h"
#include "widgets/panels/dataset_dialog.h"
#include "widgets/prompt/token_display.h"

#include <utility>

namespace residuum {

namespace {

DlaSettings settingsOf(const DatasetChoice& choice) {
    return {choice.dataset, choice.target, choice.position};
}

} // namespace

void askForDataset(Workspace& workspace, QWidget* window) {
    auto& board = workspace.board<AttributionBoard>();
    const auto models = workspace.openModels();
    if (models.empty())
        return Q_EMIT workspace.message(
            QObject::tr("Open a model first: NMAE is measured in each."));
    auto config = models.front().second->info().config;
    config.n_ctx = workspace.contextLength();
    const auto tokenizer = workspace.tokenizer();
    DatasetDialog::Asking asking;
    asking.title = QObject::tr("NMAE over a dataset");
    const auto& last = board.dataset();
    asking.initial = {last.dataset, last.target, last.position};
    asking.contextLength = config.n_ctx;
    asking.targetToken = workspace.state().target;
    if (asking.targetToken)
        asking.target = quotedToken(tokenizer.get(), *asking.targetToken);
    asking.read = [tokenizer, config](const DatasetChoice& wanted, Progress& progress) {
        InputRequest from;
        from.dataset = wanted.dataset;
        return DlaAnalysis::resolve(from, settingsOf(wanted).request(), tokenizer.get(), config,
                                    progress);
    };
    asking.chosen = [&board](const DatasetChoice& wanted) {
        board.measureNmae(settingsOf(wanted));
    };
    (new DatasetDialog(std::move(asking), window))->show();
}

} // namespace residuum
