// What the window does with sets of prompts and with what was asked before.
#include "app/window/main_window_sets.h"
#include "app/window/main_window.h"
#include "app/window/set_dialogs.h"
#include "widgets/workspace/prompt_history.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QStatusBar>

namespace residuum {

bool isSetFile(const QString& named) {
    return QFileInfo(named).isFile() &&
           (named.endsWith(QLatin1String(".jsonl")) || named.endsWith(QLatin1String(".csv")) ||
            named.endsWith(QLatin1String(".json")));
}

void MainWindow::makeSetMenu(QMenu& menu) {
    menu.addSeparator();
    menu.addAction(tr("Open a &set of prompts …"), this, &MainWindow::chooseSet);
    menu.addAction(tr("&Make a set of prompts …"), this, &MainWindow::makeSet);
    menu.addAction(tr("Make a set of the s&tarred questions"), this, &MainWindow::openStarred);
    auto* previous =
        menu.addAction(tr("&Previous pair of the set"), QKeySequence(tr("Shift+Left")), this,
                       [this] { workspace_->showPair(workspace_->state().pair - 1); });
    auto* next = menu.addAction(tr("Ne&xt pair of the set"), QKeySequence(tr("Shift+Right")), this,
                                [this] { workspace_->showPair(workspace_->state().pair + 1); });
    auto* mean = menu.addAction(tr("Mean &of the set"), QKeySequence(Qt::Key_M), this,
                                [this] { workspace_->setMean(!workspace_->state().mean); });
    mean->setCheckable(true);
    auto* close = menu.addAction(tr("C&lose the set"), workspace_.get(), &Workspace::closeSet);
    const auto show = [this, previous, next, mean, close] {
        const auto& state = workspace_->state();
        previous->setEnabled(state.set && state.pair > 0);
        next->setEnabled(state.set && state.pair + 1 < state.set->size());
        mean->setEnabled(state.set != nullptr);
        mean->setChecked(workspace_->asksMean());
        close->setEnabled(state.set != nullptr);
    };
    connect(workspace_.get(), &Workspace::setChanged, this, show);
    show();
}

void MainWindow::chooseSet() {
    const auto file =
        QFileDialog::getOpenFileName(this, tr("Open a set of prompts"), {},
                                     tr("Pairs of prompts (*.jsonl *.csv *.json);;All files (*)"));
    if (!file.isEmpty())
        openSetFile(file);
}

void MainWindow::openSetFile(const QString& file) {
    PairRequest request;
    request.file = file.toStdString();
    request.prependEndOfText = workspace_->state().prompt.endOfTextFirst;
    workspace_->openSet(request, QFileInfo(file).completeBaseName());
}

void MainWindow::makeSet() {
    auto* dialog = new MakeSetDialog(workspace_->state().prompt.endOfTextFirst, this);
    connect(dialog, &MakeSetDialog::chosen, workspace_.get(), &Workspace::openSet);
    dialog->show();
}

void MainWindow::openStarred() {
    int left = 0;
    const auto request = workspace_->history().starredPairs(left);
    if (request.pairs.empty())
        return statusBar()->showMessage(
            tr("No starred question is a pair: a prompt, a corrupted prompt of as many tokens, a "
               "target and a versus."),
            15000);
    if (left > 0)
        statusBar()->showMessage(
            tr("%1 of the starred questions are no pairs and were left out.").arg(left), 15000);
    workspace_->openSet(request, tr("starred"));
}

/// Each text once.
QStringList MainWindow::earlierPrompts() const {
    QStringList texts;
    for (const auto& entry : workspace_->history().entries())
        texts << entry.asked.prompt.text;
    texts.removeDuplicates();
    texts.removeAll(workspace_->state().prompt.text);
    return texts;
}

} // namespace residuum
