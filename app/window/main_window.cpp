#include "app/window/main_window.h"

#include "app/window/autosave.h"
#include "app/window/dataset_dialog.h"
#include "app/window/guide_window.h"
#include "app/window/job_status.h"
#include "app/window/kept_sessions_menu.h"
#include "widgets/panels/attribution_panel.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/prompt_strip.h"
#include "widgets/prompt/token_picker.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPointer>
#include <QSettings>
#include <QStatusBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr int recentModels = 8;

QString recentKey() {
    return QStringLiteral("recentModels");
}

} // namespace

MainWindow::MainWindow(const WorkbenchOptions& options, std::unique_ptr<QSettings> settings,
                       QWidget* parent)
    : QMainWindow(parent), options_(options), settings_(std::move(settings)),
      workspace_(std::make_unique<Workspace>(
          WorkspaceOptions{options.numeric, options.demoFolder, options.cache})) {
    setWindowTitle(tr("Residuum"));
    setAcceptDrops(true);
    workspace_->setInitialTexts(
        QStringLiteral("Then, Mary and John went to the store. John gave a book to"),
        QStringLiteral("Then, Mary and John went to the store. Mary gave a book to"),
        QStringLiteral(" Mary"), QStringLiteral(" John"));
    workspace_->add<AttributionBoard>();
    workspace_->add<PatchingBoard>();
    workspace_->add<NeuronBoard>();

    makePanels();
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addWidget(makeTop());
    layout->addWidget(panels_, 1);
    setCentralWidget(centre);

    inspector_ = new Inspector(*workspace_);
    auto* dock = new QDockWidget(tr("Inspector"));
    dock->setObjectName(QStringLiteral("inspectorDock"));
    dock->setWidget(inspector_);
    addDockWidget(Qt::RightDockWidgetArea, dock);
    resizeDocks({dock}, {fontMetrics().averageCharWidth() * 38}, Qt::Horizontal);

    makeMenus();
    makeStatusBar();
    connectWorkspace();
    keepSession();
    resize(options.width, options.height);
    // A screenshot has the size it was asked for, whatever the window was last time.
    if (options.screenshot.empty()) {
        restoreGeometry(settings_->value(QStringLiteral("geometry")).toByteArray());
        restoreState(settings_->value(QStringLiteral("layout")).toByteArray());
    }
    refreshModels();
}

/// The views go first: as long as they are there they speak to the document.
MainWindow::~MainWindow() {
    hide();
    QList<QPointer<QWidget>> views;
    for (auto* view : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        views << view;
    for (const auto& view : views)
        delete view.data();
}

QWidget* MainWindow::makeTop() {
    prompt_ = new PromptStrip;
    target_ = new TokenPicker(tr("target"), tr("each model's top"));
    versus_ = new TokenPicker(tr("versus"), tr("nothing"));
    auto* pickers = new QWidget;
    auto* pickerLayout = new QVBoxLayout(pickers);
    pickerLayout->setContentsMargins(0, 0, 0, 0);
    pickerLayout->setSpacing(0);
    pickerLayout->addWidget(target_);
    pickerLayout->addWidget(versus_);
    pickers->setFixedWidth(fontMetrics().averageCharWidth() * 36);
    auto* top = new QWidget;
    auto* layout = new QHBoxLayout(top);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(prompt_, 1, Qt::AlignTop);
    layout->addWidget(pickers, 0, Qt::AlignTop);
    return top;
}

void MainWindow::makeMenus() {
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makeAnalysisMenu();
    makeHelpMenu();
}

void MainWindow::makeFileMenu() {
    auto* menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("&Open model …"), QKeySequence::Open, this, &MainWindow::chooseModel);
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
    menu->addAction(tr("Edit &prompt"), QKeySequence(tr("Ctrl+L")), prompt_,
                    &PromptStrip::startEditing);
    menu->addAction(tr("Copy token &ids"), prompt_, &PromptStrip::copyIds);
    menu->addAction(tr("Copy &figure"), this, [this] { copyShownFigure(false); });
    menu->addAction(tr("Copy &numbers"), this, [this] { copyShownFigure(true); });
    menu->addAction(tr("Copy &command"), QKeySequence(tr("Ctrl+Shift+C")), this,
                    &MainWindow::copyCommand);
}

void MainWindow::makeViewMenu() {
    auto* menu = menuBar()->addMenu(tr("&View"));
    for (std::size_t i = 0; i < doors_.size(); ++i)
        menu->addAction(doors_[i].title, QKeySequence(tr("Ctrl+%1").arg(i + 1)), this,
                        [this, widget = doors_[i].panel] { showPanel(*widget); });
    menu->addSeparator();
    menu->addAction(tr("&DLA (LN frozen)"), this, [this] { workspace_->setMode(ViewMode::Dla); });
    menu->addAction(tr("Direct e&ffect (LN recomputed)"), this,
                    [this] { workspace_->setMode(ViewMode::DirectEffect); });
    menu->addAction(tr("&Error"), QKeySequence(Qt::Key_E), this,
                    [this] { front().panel->toggleError(); });
    menu->addAction(tr("Full colour ra&nge, or robust limits"), QKeySequence(Qt::Key_F),
                    workspace_.get(), &Workspace::toggleFullRange);
    menu->addAction(tr("Di&fference of two models"), QKeySequence(Qt::Key_D), this,
                    &MainWindow::toggleDifference);
    menu->addSeparator();
    menu->addAction(tr("&Previous position"), QKeySequence(Qt::Key_Left), this,
                    [this] { workspace_->setPosition(workspace_->state().position - 1); });
    menu->addAction(tr("&Next position"), QKeySequence(Qt::Key_Right), this,
                    [this] { workspace_->setPosition(workspace_->state().position + 1); });
    menu->addAction(tr("Pi&n component"), QKeySequence(Qt::Key_Space), this,
                    &MainWindow::togglePinUnderPointer);
    menu->addSeparator();
    menu->addAction(tr("F&ull screen"), QKeySequence(Qt::Key_F11), this,
                    [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
}

void MainWindow::makeAnalysisMenu() {
    auto* menu = menuBar()->addMenu(tr("&Analysis"));
    menu->addAction(tr("&NMAE over a dataset …"), this, &MainWindow::measureDataset);
    menu->addAction(tr("&Recompute"), QKeySequence(tr("Ctrl+R")), this,
                    [this] { front().panel->board().recompute(); });
    menu->addAction(tr("&Cancel what is running"), QKeySequence(tr("Ctrl+.")), workspace_.get(),
                    &Workspace::cancelWork);
}

void MainWindow::makeHelpMenu() {
    auto* menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(tr("&Guide"), QKeySequence(Qt::Key_F1), this, [this] { showGuide(this); });
    menu->addAction(tr("&About Residuum"), this, &MainWindow::showAbout);
}

void MainWindow::makeStatusBar() {
    status_ = new QLabel;
    statusBar()->addWidget(status_, 1);
    statusBar()->addPermanentWidget(new JobStatus(*workspace_));
    if (!options_.startupWarning.empty())
        statusBar()->showMessage(QString::fromStdString(options_.startupWarning));
}

void MainWindow::connectWorkspace() {
    connect(workspace_.get(), &Workspace::columnsChanged, this, &MainWindow::refreshModels);
    connect(workspace_.get(), &Workspace::promptChanged, this, &MainWindow::refreshPrompt);
    connect(workspace_.get(), &Workspace::positionChanged, this, [this] {
        prompt_->setPosition(workspace_->state().position);
        refreshChoices();
        refreshStatus();
    });
    connect(workspace_.get(), &Workspace::targetChanged, this, &MainWindow::refreshTargets);
    connect(&workspace_->board<AttributionBoard>(), &AttributionBoard::changed, this, [this] {
        refreshChoices();
        refreshStatus();
    });
    connect(workspace_.get(), &Workspace::resultOpened, this, [this](const QString& kind) {
        for (const auto& door : doors_)
            if (door.stem == kind)
                showPanel(door.name.toStdString());
    });
    connect(workspace_.get(), &Workspace::message, this,
            [this](const QString& sentence) { statusBar()->showMessage(sentence, 15000); });
    connect(&workspace_->engine(), &Engine::busyChanged, this, &MainWindow::refreshStatus);
    connect(prompt_, &PromptStrip::promptEdited, this,
            [this](const std::vector<TokenId>& tokens, const QString& text, bool endOfTextFirst) {
                workspace_->setPrompt({text, tokens, endOfTextFirst});
            });
    connect(prompt_, &PromptStrip::positionPicked, workspace_.get(), &Workspace::setPosition);
    connect(target_, &TokenPicker::tokenPicked, workspace_.get(), &Workspace::setTarget);
    connect(versus_, &TokenPicker::tokenPicked, workspace_.get(), &Workspace::setVersus);
}

void MainWindow::openNamed(const QString& named) {
    auto recent = settings_->value(recentKey()).toStringList();
    recent.removeAll(named);
    recent.prepend(named);
    settings_->setValue(recentKey(), recent.mid(0, recentModels));
    workspace_->openModel(named);
}

void MainWindow::chooseModel() {
    const auto folder =
        QFileDialog::getExistingDirectory(this, tr("Open a model in Hugging Face layout"));
    if (!folder.isEmpty())
        openNamed(folder);
}

void MainWindow::fillRecent(QMenu* menu) {
    menu->clear();
    for (const auto& source : settings_->value(recentKey()).toStringList())
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

const PanelDoor& MainWindow::front() const {
    return doors_[static_cast<std::size_t>(std::max(0, panels_->currentIndex()))];
}

void MainWindow::showPanel(QWidget& panel) {
    panels_->setCurrentWidget(&panel);
    panel.setFocus();
}

void MainWindow::showPanel(const std::string& name) {
    for (const auto& door : doors_)
        if (door.name.toStdString() == name)
            showPanel(*door.panel);
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
    // By default the first model and the last: LayerNorm against its removal.
    auto pair = lastDifference_;
    if (pair.second < 0 || std::max(pair.first, pair.second) >= count)
        pair = {0, count - 1};
    workspace_->setDifference(pair);
}

void MainWindow::togglePinUnderPointer() {
    if (workspace_->hovered())
        workspace_->togglePin(*workspace_->hovered());
}

void MainWindow::copyCommand() {
    QApplication::clipboard()->setText(front().panel->board().command());
    statusBar()->showMessage(tr("The command is in the clipboard."), 5000);
}

void MainWindow::measureDataset() {
    auto* dialog = new DatasetDialog(
        tr("NMAE over a dataset"), workspace_->contextLength(),
        [this](const DatasetRequest& request) {
            workspace_->board<AttributionBoard>().measureNmae(request);
        },
        this);
    dialog->show();
}

void MainWindow::chooseNeuronDataset() {
    auto* dialog = new DatasetDialog(
        tr("Neurons over a dataset"), workspace_->contextLength(),
        [this](const DatasetRequest& request) {
            auto settings = workspace_->board<NeuronBoard>().settings();
            settings.dataset = request;
            // A session finds it from anywhere.
            settings.dataset->file = std::filesystem::absolute(request.file);
            workspace_->board<NeuronBoard>().setSettings(settings);
        },
        this);
    dialog->show();
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, tr("About Residuum"),
        tr("<p><b>Residuum %1</b></p><p>Mechanistic interpretability of GPT-2 with and without "
           "LayerNorm, after Baroni et al. 2025 (arXiv 2507.02559).</p><p>Licence: GNU GPL 3.0 or "
           "later. Built on Qt, LibTorch, QCustomPlot, Eigen and HDF5.</p>")
            .arg(QStringLiteral(RESIDUUM_VERSION)));
}

void MainWindow::refreshModels() {
    const auto tokenizer = workspace_->tokenizer();
    prompt_->setTokenizer(tokenizer, workspace_->vocabularySize());
    prompt_->setMaximumTokens(workspace_->contextLength());
    target_->setTokenizer(tokenizer, workspace_->vocabularySize());
    versus_->setTokenizer(tokenizer, workspace_->vocabularySize());
    refreshPrompt();
    refreshTargets();
    refreshChoices();
    refreshStatus();
}

void MainWindow::refreshPrompt() {
    const auto& prompt = workspace_->state().prompt;
    prompt_->setPrompt(prompt.tokens, prompt.text, prompt.endOfTextFirst);
    prompt_->setPosition(workspace_->state().position);
    target_->setPrompt(prompt.text);
    versus_->setPrompt(prompt.text);
}

void MainWindow::refreshTargets() {
    target_->setToken(workspace_->state().target);
    versus_->setToken(workspace_->state().versus);
}

void MainWindow::refreshChoices() {
    std::vector<TokenChoice> choices;
    const auto& board = workspace_->board<AttributionBoard>();
    for (const auto& column : workspace_->columns()) {
        const auto result = board.result(column.id);
        const int row = board.rowOf(column);
        if (!result || row < 0 || row >= static_cast<int>(result->rows.size()))
            continue;
        for (const auto& guess : result->rows[static_cast<std::size_t>(row)].predictions)
            choices.push_back({column.name, guess.token, guess.probability});
    }
    target_->setChoices(choices);
    versus_->setChoices(choices);
}

void MainWindow::refreshStatus() {
    double worst = 0.0;
    int opened = 0, cached = 0;
    for (const auto& column : workspace_->columns()) {
        opened += column.model ? 1 : 0;
        const auto* answer = workspace_->board<AttributionBoard>().answer(column.id);
        if (answer == nullptr || !answer->result)
            continue;
        cached += answer->fromCache ? 1 : 0;
        for (const auto& row : answer->result->rows)
            worst = std::max(worst, std::abs(row.completenessError));
    }
    const auto state = workspace_->engine().busy() ? tr("computing") : tr("ready");
    auto text = opened == 0 ? state
                            : tr("%1 · models: %2 · |Σ components − logit| ≤ %3 logits at every "
                                 "position")
                                  .arg(state)
                                  .arg(opened)
                                  .arg(oneDigit(worst));
    if (cached > 0)
        text += tr(" · from cache: %1").arg(cached);
    status_->setText(text);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (options_.screenshot.empty()) {
        settings_->setValue(QStringLiteral("geometry"), saveGeometry());
        settings_->setValue(QStringLiteral("layout"), saveState());
    }
    if (autosave_ != nullptr)
        autosave_->finish();
    workspace_->engine().cancelAll();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const auto& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            open(url.toLocalFile());
    }
    event->acceptProposedAction();
}

} // namespace residuum
