// The window's menus, and what their entries do with models and the panel in front.
#include "app/window/guide_window.h"
#include "app/window/history_button.h"
#include "app/window/kept_sessions_menu.h"
#include "app/window/main_window.h"
#include "app/window/models_menu.h"
#include "app/window/settings_dialog.h"
#include "widgets/panels/attention_view.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/question_panel.h"
#include "widgets/prompt/prompt_strip.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStatusBar>
#include <QTabWidget>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

constexpr int mostRecent = 8;

QString recentKey() {
    return QStringLiteral("recentModels");
}

} // namespace

void MainWindow::makeMenus() {
    makeFileMenu();
    makeEditMenu();
    makeModelsMenu();
    makeViewMenu();
    makeAnalysisMenu();
    makeHelpMenu();
}

void MainWindow::makeFileMenu() {
    auto* menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("&Open model …"), QKeySequence::Open, this, [this] { chooseModel(false); });
    auto* recent = menu->addMenu(tr("Open &recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecent(recent); });
    auto* hub = menu->addMenu(tr("Open from the &Hub cache"));
    connect(hub, &QMenu::aboutToShow, this, [this, hub] { fillHub(hub); });
    auto* demo = menu->addMenu(tr("Open &demo model"));
    for (const auto* name : {"demo:original", "demo:vanilla", "demo:ln-free"}) {
        const auto source = QString::fromLatin1(name);
        demo->addAction(source, this, [this, source] { openNamed(source); });
    }
    menu->addSeparator();
    menu->addAction(tr("Open &session …"), this, &MainWindow::chooseSession);
    menu->addAction(tr("Sa&ve session"), QKeySequence::Save, this, &MainWindow::saveSession);
    menu->addAction(tr("Save session &as …"), QKeySequence(tr("Ctrl+Shift+S")), this,
                    &MainWindow::saveSessionAs);
    auto* kept = menu->addMenu(tr("&Kept sessions"));
    kept->setEnabled(!options_.stateFolder.empty());
    connect(kept, &QMenu::aboutToShow, this, [this, kept] {
        fillKeptSessions(*kept, options_.stateFolder, workspace_->files(),
                         [this](const KeptSession& session) { openKept(session); });
    });
    menu->addSeparator();
    menu->addAction(tr("Open res&ult …"), this, &MainWindow::chooseResult);
    menu->addAction(tr("Save resul&t …"), this, &MainWindow::saveResult);
    menu->addAction(tr("&Export figure …"), QKeySequence(tr("Ctrl+E")), this,
                    &MainWindow::exportFigure);
    menu->addAction(tr("Export &all figures …"), QKeySequence(tr("Ctrl+Shift+E")), this,
                    &MainWindow::exportAll);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
}

void MainWindow::makeEditMenu() {
    auto* menu = menuBar()->addMenu(tr("&Edit"));
    auto* undo = workspace_->undoStack().createUndoAction(this, tr("&Undo"));
    undo->setShortcut(QKeySequence(tr("Ctrl+Z")));
    auto* redo = workspace_->undoStack().createRedoAction(this, tr("&Redo"));
    redo->setShortcut(QKeySequence(tr("Ctrl+Shift+Z")));
    menu->addAction(undo);
    menu->addAction(redo);
    menu->addSeparator();
    auto* clear = menu->addAction(tr("C&lear all pins"), workspace_.get(), &Workspace::unpinAll);
    connect(menu, &QMenu::aboutToShow, this,
            [this, clear] { clear->setEnabled(!workspace_->state().pins.empty()); });
    menu->addSeparator();
    menu->addAction(tr("Edit &prompt"), QKeySequence(tr("Ctrl+L")), prompt_,
                    &PromptStrip::startEditing);
    menu->addAction(tr("&History …"), QKeySequence(tr("Ctrl+H")), history_, &HistoryButton::open);
    menu->addAction(tr("Copy token &ids"), prompt_, &PromptStrip::copyIds);
    menu->addAction(tr("Copy &figure"), this, [this] { copyShownFigure(false); });
    menu->addAction(tr("Copy &numbers"), this, [this] { copyShownFigure(true); });
    menu->addAction(tr("Copy &verdict"), this, &MainWindow::copyVerdict);
    menu->addAction(tr("Copy &command"), QKeySequence(tr("Ctrl+Shift+C")), this,
                    &MainWindow::copyCommand);
    menu->addSeparator();
    menu->addAction(tr("&Settings …"), QKeySequence(tr("Ctrl+,")), this, &MainWindow::editSettings);
}

SettingsDialog* MainWindow::editSettings() {
    auto* dialog = new SettingsDialog(preferences_, this);
    connect(dialog, &SettingsDialog::chosen, this, &MainWindow::use);
    dialog->show();
    return dialog;
}

void MainWindow::use(const Preferences& preferences) {
    const auto before = std::exchange(preferences_, preferences);
    preferences.write(*settings_);
    if (preferences.theme != before.theme || preferences.fontSize != before.fontSize)
        showLook(preferences);
    if (preferences.threads != before.threads && options_.threads == 0)
        workspace_->setThreads(preferences.threads);
    workspace_->setMemory(preferences.memoryBytes());
    beginDocuments();
}

void MainWindow::makeModelsMenu() {
    auto* menu = menuBar()->addMenu(tr("&Models"));
    auto* entries = new ModelsMenu(*workspace_, *menu);
    connect(entries, &ModelsMenu::replacementWanted, this, [this] { chooseModel(true); });
    connect(entries, &ModelsMenu::renamingWanted, this, &MainWindow::renameColumn);
}

void MainWindow::renameColumn(int id) {
    const auto* column = workspace_->column(id);
    bool isChosen = false;
    const auto name = QInputDialog::getText(
        this, tr("Rename a model"),
        tr("What %1 is called everywhere, also in figures (nothing: by its own name)")
            .arg(column->source),
        QLineEdit::Normal, column->name, &isChosen);
    if (isChosen)
        workspace_->rename(id, name);
}

void MainWindow::makeViewMenu() {
    auto* menu = menuBar()->addMenu(tr("&View"));
    QList<QAction*> tabs;
    for (std::size_t i = 0; i < tabs_.size(); ++i)
        tabs << menu->addAction(tabs_[i].figures.title, QKeySequence(tr("Ctrl+%1").arg(i + 1)),
                                this, [this, panel = tabs_[i].panel] { showPanel(*panel); });
    menu->addSeparator();
    for (const auto& tab : tabs_)
        menu->addActions(tab.panel->viewActions());
    menu->addAction(tr("&Error, or back"), QKeySequence(Qt::Key_E), this,
                    [this] { front().panel->toggleError(); });
    auto* range =
        menu->addAction(tr("Full colour ra&nge, not robust limits"), QKeySequence(Qt::Key_F),
                        workspace_.get(), &Workspace::toggleFullRange);
    auto* difference = menu->addAction(tr("Di&fference of two models"), QKeySequence(Qt::Key_D),
                                       this, &MainWindow::toggleDifference);
    for (auto* action : tabs + QList<QAction*>{range, difference})
        action->setCheckable(true);
    const auto showStates = [this, tabs, range, difference] {
        for (qsizetype i = 0; i < tabs.size(); ++i)
            tabs[i]->setChecked(i == panels_->currentIndex());
        range->setChecked(workspace_->fullRange());
        difference->setChecked(workspace_->difference().has_value());
    };
    connect(menu, &QMenu::aboutToShow, this, showStates);
    menu->addSeparator();
    menu->addAction(tr("&Previous position"), QKeySequence(Qt::Key_Left), this,
                    [this] { workspace_->setPosition(workspace_->state().position - 1); });
    menu->addAction(tr("&Next position"), QKeySequence(Qt::Key_Right), this,
                    [this] { workspace_->setPosition(workspace_->state().position + 1); });
    menu->addAction(tr("Pi&n component"), QKeySequence(Qt::Key_Space), this,
                    &MainWindow::pinUnderPointer);
    menu->addSeparator();
    menu->addAction(inspectorDock_->toggleViewAction());
    menu->addAction(attentionDock_->toggleViewAction());
    menu->addAction(tr("F&ull screen"), QKeySequence(Qt::Key_F11), this,
                    [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
}

void MainWindow::makeAnalysisMenu() {
    auto* menu = menuBar()->addMenu(tr("&Analysis"));
    for (const auto& tab : tabs_)
        menu->addActions(tab.panel->analysisActions());
    menu->addAction(tr("&Recompute"), QKeySequence(tr("Ctrl+R")), this, [this] {
        front().panel->board().recompute();
        inspector_->recompute();
        attention_->recompute();
    });
    makeSetMenu(*menu);
    auto* cancel = menu->addAction(tr("&Cancel what is running"), QKeySequence(tr("Ctrl+.")),
                                   workspace_.get(), &Workspace::cancelWork);
    cancel->setEnabled(workspace_->engine().busy());
    connect(&workspace_->engine(), &Engine::busyChanged, cancel, &QAction::setEnabled);
}

void MainWindow::makeHelpMenu() {
    auto* menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(tr("&Guide"), QKeySequence(Qt::Key_F1), this, [this] { showGuide(this); });
    menu->addAction(tr("&About Residuum"), this, &MainWindow::showAbout);
}

void MainWindow::openNamed(const QString& named) {
    opening_ << named;
    workspace_->openModel(named);
}

/// What turned out to be a model has a place among the recent ones.
void MainWindow::keepRecent() {
    auto recent = settings_->value(recentKey()).toStringList();
    const auto before = recent;
    for (const auto& column : workspace_->columns())
        if (column.model && opening_.removeAll(column.source) > 0) {
            recent.removeAll(column.source);
            recent.prepend(column.source);
        }
    if (recent != before)
        settings_->setValue(recentKey(), recent.mid(0, mostRecent));
}

void MainWindow::chooseModel(bool insteadOfOthers) {
    const auto folder =
        QFileDialog::getExistingDirectory(this, tr("Open a model in Hugging Face layout"));
    if (folder.isEmpty())
        return;
    if (insteadOfOthers)
        workspace_->closeOthers(-1);
    openNamed(folder);
}

QStringList MainWindow::recentModels() const {
    return settings_->value(recentKey()).toStringList();
}

void MainWindow::fillRecent(QMenu* menu) {
    menu->clear();
    for (const auto& source : recentModels())
        menu->addAction(source, this, [this, source] { openNamed(source); });
    if (menu->isEmpty())
        menu->addAction(tr("no model was opened yet"))->setEnabled(false);
}

void MainWindow::fillHub(QMenu* menu) {
    menu->clear();
    menu->addAction(tr("looking …"))->setEnabled(false);
    workspace_->listHub([this, menu](const QStringList& ids) {
        menu->clear();
        for (const auto& id : ids)
            menu->addAction(id, this, [this, id] { openNamed(id); });
        if (ids.isEmpty())
            menu->addAction(
                    tr("no GPT-2 in %1").arg(QString::fromStdString(hubCacheFolder().string())))
                ->setEnabled(false);
    });
}

const MainWindow::Tab& MainWindow::front() const {
    return tabs_[static_cast<std::size_t>(std::max(0, panels_->currentIndex()))];
}

void MainWindow::showPanel(QuestionPanel& panel) {
    panels_->setCurrentWidget(&panel);
    panel.setFocus();
}

void MainWindow::showPanel(const std::string& name) {
    for (const auto& tab : tabs_)
        if (tab.name == name)
            showPanel(*tab.panel);
}

void MainWindow::toggleDifference() {
    if (const auto shown = workspace_->difference()) {
        lastDifference_ = *shown;
        return workspace_->setDifference(std::nullopt);
    }
    const int count = static_cast<int>(workspace_->columns().size());
    if (count < 2) {
        statusBar()->showMessage(tr("Open a second model to see a difference."), 8000);
        return;
    }
    auto pair = lastDifference_;
    if (pair.second < 0 || std::max(pair.first, pair.second) >= count)
        pair = usualDifference();
    workspace_->setDifference(pair);
}

/// The control, else the first model, and the last other one: LayerNorm against its removal.
std::pair<int, int> MainWindow::usualDifference() const {
    const auto& columns = workspace_->columns();
    const auto control = std::find_if(columns.begin(), columns.end(),
                                      [](const ModelColumn& each) { return each.isControl; });
    const int first = control == columns.end() ? 0 : static_cast<int>(control - columns.begin());
    const int last = static_cast<int>(columns.size()) - 1;
    return {first, first == last ? last - 1 : last};
}

void MainWindow::pinUnderPointer() {
    if (workspace_->hovered())
        workspace_->pin(*workspace_->hovered());
}

void MainWindow::copyVerdict() {
    const auto verdict = front().panel->verdict();
    if (!verdict.text.isEmpty())
        QApplication::clipboard()->setText(verdict.text);
    statusBar()->showMessage(
        verdict.text.isEmpty() ? tr("There is no verdict yet.")
        : verdict.stale        ? tr("The verdict is in the clipboard; its numbers are of what was "
                                           "asked before.")
                               : tr("The verdict is in the clipboard."),
        5000);
}

void MainWindow::copyCommand() {
    QApplication::clipboard()->setText(front().panel->board().command());
    statusBar()->showMessage(tr("The command is in the clipboard."), 5000);
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, tr("About Residuum"),
        tr("<p><b>Residuum %1</b></p><p>Mechanistic interpretability of GPT-2 with and without "
           "LayerNorm, after Baroni et al. 2025 (arXiv 2507.02559).</p><p>Licence: GNU GPL 3.0 or "
           "later. Built on Qt, LibTorch, QCustomPlot, Eigen and HDF5.</p>")
            .arg(QStringLiteral(RESIDUUM_VERSION)));
}

} // namespace residuum
