// What the window opens and writes: sessions, results, figures.
#include "app/window/autosave.h"
#include "app/window/export_all.h"
#include "app/window/main_window.h"
#include "app/window/main_window_sets.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"
#include "widgets/figure/export_dialog.h"
#include "widgets/panels/question_panel.h"
#include "widgets/workspace/prompt_history.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QStatusBar>
#include <QTabWidget>

#include <algorithm>
#include <memory>

namespace residuum {

void MainWindow::keepSession() {
    if (options_.stateFolder.empty())
        return;
    autosave_ = new Autosave(
        options_.stateFolder, [this] { return session(); }, workspace_->files(), this);
    for (const auto signal :
         {&Workspace::columnsChanged, &Workspace::promptChanged, &Workspace::positionChanged,
          &Workspace::targetChanged, &Workspace::pinsChanged, &Workspace::differenceChanged,
          &Workspace::fullRangeChanged, &Workspace::setChanged})
        connect(workspace_.get(), signal, autosave_, &Autosave::changed);
    connect(&workspace_->history(), &PromptHistory::changed, autosave_, &Autosave::changed);
    for (const auto& board : workspace_->boards())
        for (const auto signal : {&QuestionBoard::settingsChanged, &QuestionBoard::scaleChanged})
            connect(board.get(), signal, autosave_, &Autosave::changed);
    connect(panels_, &QTabWidget::currentChanged, autosave_, &Autosave::changed);
    connect(inspectorDock_, &QDockWidget::visibilityChanged, autosave_, &Autosave::changed);
    for (const auto& tab : tabs_)
        connect(tab.panel->details(), &QTabWidget::currentChanged, autosave_, &Autosave::changed);
    connect(autosave_, &Autosave::failed, this,
            [this](const QString& sentence) { statusBar()->showMessage(sentence, 15000); });
}

Session MainWindow::session() const {
    auto session = workspace_->session();
    auto& shown = session.window.emplace();
    shown.panel = front().name;
    shown.inspector = !inspectorDock_->isHidden();
    for (const auto& tab : tabs_)
        if (const auto* details = tab.panel->details(); details->count() > 0)
            shown.details[tab.name] = details->tabText(details->currentIndex()).toStdString();
    return session;
}

/// What this program does not have stays as it is.
void MainWindow::showAs(const SessionWindow& shown) {
    for (const auto& tab : tabs_) {
        const auto found = shown.details.find(tab.name);
        auto* details = tab.panel->details();
        for (int i = 0; found != shown.details.end() && i < details->count(); ++i)
            if (details->tabText(i).toStdString() == found->second)
                details->setCurrentIndex(i);
    }
    inspectorDock_->setVisible(shown.inspector);
    showPanel(shown.panel);
}

void MainWindow::openInitialModels() {
    if (options_.asked)
        workspace_->ask(*options_.asked);
    for (const auto& named : options_.models)
        open(QString::fromStdString(named));
    const auto kept =
        autosave_ == nullptr || !options_.models.empty() ? std::nullopt : autosave_->recover();
    sayKept(kept && kept->afterCrash);
    if (!options_.models.empty())
        return;
    if (kept && restore(kept->session))
        return;
    for (const auto* demo : {"demo:original", "demo:vanilla", "demo:ln-free"})
        workspace_->openModel(QString::fromLatin1(demo));
}

/// What is lost nowhere should be known to be somewhere.
void MainWindow::sayKept(bool restored) {
    if (autosave_ == nullptr)
        return;
    const auto crashed = std::make_shared<std::ptrdiff_t>(0);
    workspace_->files().run(
        [crashed, folder = autosave_->folder()] {
            const auto all = Autosave::kept(folder);
            *crashed = std::count_if(all.begin(), all.end(),
                                     [](const KeptSession& each) { return each.afterCrash; });
        },
        [this, crashed, restored](const QString&) {
            QStringList said;
            if (restored)
                said << tr("The program had ended unexpectedly; this is the session as it was "
                           "then.");
            if (*crashed > 0)
                said << tr("Kept sessions of windows that ended unexpectedly: %1; see File ▸ Kept "
                           "sessions.")
                            .arg(*crashed);
            if (!said.isEmpty())
                statusBar()->showMessage(said.join(QLatin1Char(' ')), 60000);
        });
}

void MainWindow::openKept(const KeptSession& kept) {
    autosave_->setAside();
    if (!restore(kept.session))
        return;
    sessionFile_.clear();
    setWindowTitle(tr("Residuum"));
}

void MainWindow::open(const QString& named) {
    if (named.endsWith(QLatin1String(".residuum")))
        openSession(named);
    else if (named.endsWith(QLatin1String(".h5")))
        workspace_->openResult(named);
    else if (isSetFile(named))
        openSetFile(named);
    else
        openNamed(named);
}

bool MainWindow::restore(const Session& session) {
    try {
        checkSession(session, questions_);
        workspace_->restore(session);
        if (session.window)
            showAs(*session.window);
        return true;
    } catch (const Error& error) {
        refuse(QString::fromUtf8(error.what()));
        return false;
    }
}

void MainWindow::refuse(const QString& sentence) {
    statusBar()->showMessage(sentence, 30000);
    Q_EMIT workspace_->notOpened(sentence);
}

void MainWindow::openSession(const QString& file) {
    try {
        if (!restore(readSession(file.toStdString())))
            return;
        sessionFile_ = file;
        setWindowTitle(tr("%1 – Residuum").arg(QFileInfo(file).completeBaseName()));
    } catch (const Error& error) {
        refuse(QString::fromUtf8(error.what()));
    }
}

void MainWindow::chooseSession() {
    const auto file =
        QFileDialog::getOpenFileName(this, tr("Open a session"), {}, tr("sessions (*.residuum)"));
    if (!file.isEmpty())
        openSession(file);
}

void MainWindow::chooseResult() {
    const auto file =
        QFileDialog::getOpenFileName(this, tr("Open a result"), {}, tr("results (*.h5)"));
    if (!file.isEmpty())
        workspace_->openResult(file);
}

void MainWindow::saveSession() {
    if (sessionFile_.isEmpty())
        saveSessionAs();
    else
        saveSessionTo(sessionFile_);
}

void MainWindow::saveSessionAs() {
    auto file = QFileDialog::getSaveFileName(this, tr("Save the session"),
                                             QStringLiteral("session.residuum"),
                                             tr("sessions (*.residuum)"));
    if (file.isEmpty())
        return;
    if (!file.endsWith(QLatin1String(".residuum")))
        file += QStringLiteral(".residuum");
    saveSessionTo(file);
}

void MainWindow::saveSessionTo(const QString& file) {
    workspace_->files().run(
        [path = file.toStdString(), text = toText(session())] { writeAtomically(path, text); },
        [this, file](const QString& problem) {
            if (problem.isEmpty()) {
                sessionFile_ = file;
                setWindowTitle(tr("%1 – Residuum").arg(QFileInfo(file).completeBaseName()));
            }
            statusBar()->showMessage(problem.isEmpty() ? tr("Saved %1.").arg(file) : problem,
                                     15000);
        });
}

void MainWindow::saveResult() {
    auto file = QFileDialog::getSaveFileName(this, tr("Save the result"),
                                             front().figures.kind + QStringLiteral(".h5"),
                                             tr("results (*.h5)"));
    if (!file.isEmpty() && !file.endsWith(QLatin1String(".h5")))
        file += QStringLiteral(".h5");
    if (file.isEmpty())
        return;
    front().panel->board().save(file);
}

ExportDialog* MainWindow::exportFigure() {
    // The panel in front now, whatever is in front later.
    const auto& tab = front();
    auto views = tab.figures.views;
    tab.panel->describeViews(views);
    auto* dialog =
        openExport(views, tab.panel->shownView(),
                   [panel = tab.panel](FigureRequest& request) { return panel->figure(request); });
    connect(&tab.panel->board(), &QuestionBoard::scaleChanged, dialog, &ExportDialog::refresh);
    return dialog;
}

ExportDialog* MainWindow::openExport(const std::vector<FigureView>& views, const QString& first,
                                     const ExportDialog::Make& make) {
    auto* dialog = new ExportDialog(views, first, make, this);
    // What the window shows is what is exported, also while the dialog is open.
    for (const auto signal : {&Workspace::resultsChanged, &Workspace::positionChanged,
                              &Workspace::pinsChanged, &Workspace::differenceChanged})
        connect(workspace_.get(), signal, dialog, &ExportDialog::refresh);
    connect(dialog, &ExportDialog::exportRequested, this,
            [this](const Figure& figure, const FigureStyle& style, const QString& file,
                   const FigureExtras& extras) {
                workspace_->files().run(
                    [figure, style, path = file.toStdString(), extras] {
                        residuum::exportFigure(figure, style, path, extras);
                    },
                    [this, file](const QString& problem) {
                        statusBar()->showMessage(
                            problem.isEmpty() ? tr("Exported %1.").arg(file) : problem, 15000);
                    });
            });
    dialog->show();
    return dialog;
}

ExportAll* MainWindow::exportAll() {
    std::vector<FigureKind> kinds;
    for (const auto& tab : tabs_)
        kinds.push_back(tab.figures);
    std::vector<FigureToExport> figures;
    for (const auto& tab : tabs_) {
        auto views = tab.figures.views;
        tab.panel->describeViews(views);
        for (const auto& view : views)
            figures.push_back(
                {figureStem(kinds, tab.figures.kind, view.name), view.name,
                 [panel = tab.panel](FigureRequest& request) { return panel->figure(request); }});
    }
    auto* dialog = new ExportAll(std::move(figures), workspace_->files(), this);
    dialog->show();
    return dialog;
}

void MainWindow::waitForFiles() {
    workspace_->files().wait();
}

void MainWindow::copyShownFigure(bool numbers) {
    FigureRequest request;
    request.view = front().panel->shownView();
    try {
        const auto figure = front().panel->figure(request);
        if (numbers)
            QApplication::clipboard()->setText(QString::fromUtf8(figureCsv(figure)));
        else
            QApplication::clipboard()->setImage(figureImage(figure, {}));
        statusBar()->showMessage(numbers ? tr("The plotted numbers are in the clipboard.")
                                         : tr("The figure is in the clipboard."),
                                 5000);
    } catch (const Error& error) {
        statusBar()->showMessage(QString::fromUtf8(error.what()), 8000);
    }
}

} // namespace residuum
