#include "app/window/main_window.h"

#include "app/window/autosave.h"
#include "app/window/empty_state.h"
#include "app/window/failed_models.h"
#include "app/window/history_button.h"
#include "app/window/job_status.h"
#include "app/window/set_band.h"
#include "app/window/set_dialogs.h"
#include "app/window/verdict_label.h"
#include "widgets/panels/attention_view.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/question_panel.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/prompt_strip.h"
#include "widgets/prompt/token_picker.h"
#include "widgets/text/eliding.h"

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
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace residuum {

MainWindow::MainWindow(const WorkbenchOptions& options, const Questions& questions,
                       std::unique_ptr<QSettings> settings, QWidget* parent)
    : QMainWindow(parent), options_(options), questions_(questions), settings_(std::move(settings)),
      preferences_(options.screenshot.empty() ? Preferences::read(*settings_) : Preferences()),
      workspace_(std::make_unique<Workspace>(WorkspaceOptions{
          options.numeric, options.demoFolder, options.cache, preferences_.memoryBytes()})) {
    if (preferences_ != Preferences())
        showLook(preferences_);
    setWindowTitle(tr("Residuum"));
    setAcceptDrops(true);
    beginDocuments();
    makePanels();
    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addWidget(makeTop());
    layout->addWidget(new FailedModels(*workspace_));
    layout->addWidget(makeVerdict());
    layout->addWidget(makeMiddle(), 1);
    setCentralWidget(centre);

    std::vector<KnownPanel> known;
    for (const auto& tab : tabs_)
        known.push_back({QString(tab.figures.title).remove(QLatin1Char('&')), tab.panel});
    inspector_ = new Inspector(*workspace_, known);
    inspectorDock_ = new QDockWidget(tr("Inspector"));
    inspectorDock_->setObjectName(QStringLiteral("inspectorDock"));
    inspectorDock_->setWidget(inspector_);
    addDockWidget(Qt::RightDockWidgetArea, inspectorDock_);
    makeAttention();
    resizeDocks({inspectorDock_}, {inspector_->minimumSizeHint().width()}, Qt::Horizontal);

    makeMenus();
    makeStatusBar();
    connectWorkspace();
    keepSession();
    resize(options.width, options.height);
    // A screenshot is as it was asked for, whatever the window was last time.
    if (options.screenshot.empty())
        restoreState(settings_->value(QStringLiteral("layout")).toByteArray());
    if (options.fitsScreen)
        restoreGeometry(settings_->value(QStringLiteral("geometry")).toByteArray());
    refreshModels();
}

/// A document that has no prompt begins with the paper's.
void MainWindow::beginDocuments() {
    workspace_->setInitialTexts(
        QStringLiteral("Then, Mary and John went to the store. John gave a book to"),
        QStringLiteral("Then, Mary and John went to the store. Mary gave a book to"),
        QStringLiteral(" Mary"), QStringLiteral(" John"), preferences_.endOfTextFirst);
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
    history_ = new HistoryButton(*workspace_);
    connect(history_, &HistoryButton::setWanted, this, &MainWindow::openStarred);
    prompt_->setEarlier([this] { return earlierPrompts(); });
    set_ = new SetBand(*workspace_);
    connect(set_, &SetBand::leftOutWanted, this,
            [this] { showLeftOut(*workspace_->state().set, this); });
    auto* line = new QHBoxLayout;
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(history_, 0, Qt::AlignTop);
    line->addWidget(prompt_, 1, Qt::AlignTop);
    line->addWidget(pickers, 0, Qt::AlignTop);
    auto* top = new QWidget;
    auto* layout = new QVBoxLayout(top);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(line);
    layout->addWidget(set_);
    return top;
}

QWidget* MainWindow::makeVerdict() {
    verdict_ = new VerdictLabel;
    for (const auto& tab : tabs_)
        connect(tab.panel, &QuestionPanel::refreshed, this, &MainWindow::refreshVerdict);
    connect(panels_, &QTabWidget::currentChanged, this, &MainWindow::refreshVerdict);
    return verdict_;
}

QWidget* MainWindow::makeMiddle() {
    empty_ = new EmptyState(*workspace_, [this] { return recentModels(); });
    connect(empty_, &EmptyState::folderWanted, this, [this] { chooseModel(false); });
    connect(empty_, &EmptyState::resultWanted, this, &MainWindow::chooseResult);
    connect(empty_, &EmptyState::sessionWanted, this, &MainWindow::chooseSession);
    connect(empty_, &EmptyState::wanted, this, [this](const QStringList& named) {
        for (const auto& each : named)
            openNamed(each);
    });
    middle_ = new QStackedWidget;
    middle_->addWidget(panels_);
    middle_->addWidget(empty_);
    return middle_;
}

void MainWindow::makeStatusBar() {
    status_ = new ElidedLabel;
    statusBar()->addWidget(status_, 1);
    auto* job = new JobStatus(*workspace_);
    statusBar()->addPermanentWidget(job);
    connect(workspace_.get(), &Workspace::message, this, [this, job](const QString& sentence) {
        const int room =
            statusBar()->width() - job->sizeHint().width() - 4 * fontMetrics().averageCharWidth();
        statusBar()->showMessage(elided(statusBar()->fontMetrics(), sentence, room), 15000);
        statusBar()->setToolTip(sentence);
    });
    if (!options_.startupWarning.empty())
        statusBar()->showMessage(QString::fromStdString(options_.startupWarning));
}

void MainWindow::makePanels() {
    panels_ = new QTabWidget;
    panels_->setDocumentMode(true);
    panels_->setAccessibleName(tr("panels"));
    for (const auto& question : questions_)
        question.addBoard(*workspace_);
    for (const auto& question : questions_) {
        tabs_.push_back({question.makePanel(*workspace_), question.panel, question.figures()});
        panels_->addTab(tabs_.back().panel,
                        QString(tabs_.back().figures.title).remove(QLatin1Char('&')));
    }
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
    connect(workspace_.get(), &Workspace::hoveredChanged, this, &MainWindow::refreshUnderlay);
    connect(workspace_.get(), &Workspace::resultsChanged, this, [this] {
        refreshChoices();
        refreshStatus();
    });
    connect(workspace_.get(), &Workspace::resultOpened, this, [this](const QString& kind) {
        for (const auto& tab : tabs_)
            if (tab.figures.kind == kind)
                showPanel(*tab.panel);
    });
    connect(&workspace_->engine(), &Engine::busyChanged, this, &MainWindow::refreshStatus);
    connect(panels_, &QTabWidget::currentChanged, this, &MainWindow::refreshStatus);
    connect(prompt_, &PromptStrip::promptEdited, this,
            [this](const std::vector<TokenId>& tokens, const QString& text, bool endOfTextFirst) {
                workspace_->setPrompt({text, tokens, endOfTextFirst});
            });
    connect(prompt_, &PromptStrip::positionPicked, workspace_.get(), &Workspace::setPosition);
    connect(target_, &TokenPicker::tokenPicked, workspace_.get(), &Workspace::setTarget);
    connect(versus_, &TokenPicker::tokenPicked, workspace_.get(), &Workspace::setVersus);
}

void MainWindow::refreshModels() {
    keepRecent();
    middle_->setCurrentWidget(workspace_->columns().empty() ? static_cast<QWidget*>(empty_)
                                                            : panels_);
    const auto tokenizer = workspace_->tokenizer();
    prompt_->setTokenizer(tokenizer, workspace_->vocabularySize());
    prompt_->setMaximumTokens(workspace_->contextLength());
    target_->setTokenizer(tokenizer, workspace_->vocabularySize());
    versus_->setTokenizer(tokenizer, workspace_->vocabularySize());
    refreshPrompt();
    refreshTargets();
    refreshChoices();
    refreshVerdict();
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
    for (const auto& column : workspace_->columns())
        for (const auto& board : workspace_->boards())
            for (const auto& guess : board->guesses(column))
                choices.push_back({column.name, guess.token, guess.probability});
    target_->setChoices(choices);
    versus_->setChoices(choices);
}

void MainWindow::refreshVerdict() {
    const auto* panel = qobject_cast<QuestionPanel*>(panels_->currentWidget());
    const auto verdict = panel != nullptr ? panel->verdict() : Verdict();
    verdict_->setVerdict(verdict, static_cast<int>(workspace_->columns().size()));
    refreshUnderlay();
}

/// What the head attends to that one points at, else what the panel in front has.
void MainWindow::refreshUnderlay() {
    auto along = attention_ != nullptr ? attention_->alongPrompt() : PromptBars();
    const auto* panel = qobject_cast<QuestionPanel*>(panels_->currentWidget());
    if (along.meaning.isEmpty() && panel != nullptr)
        along = panel->alongPrompt();
    prompt_->setUnderlay(along.bars, along.meaning);
}

void MainWindow::refreshStatus() {
    int opened = 0, cached = 0;
    const auto& panel = *front().panel;
    for (const auto& column : workspace_->columns()) {
        opened += column.model ? 1 : 0;
        const auto* answer = panel.board().status(column.id);
        cached += answer != nullptr && answer->fromCache ? 1 : 0;
    }
    QStringList parts{workspace_->engine().busy() ? tr("computing") : tr("ready")};
    if (opened > 0)
        parts << tr("models: %1").arg(opened) << panel.statusText();
    if (cached > 0)
        parts << tr("from cache: %1").arg(cached);
    parts.removeAll(QString());
    status_->setFullText(parts.join(QStringLiteral(" · ")));
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
