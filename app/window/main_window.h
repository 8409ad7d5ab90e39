// The workbench's window.
#pragma once

#include "app/questions.h"
#include "app/window/preferences.h"
#include "app/window/workbench.h"
#include "widgets/figure/export_dialog.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/workspace/workspace.h"

#include <QMainWindow>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

class QDockWidget;
class QLabel;
class QMenu;
class QSettings;
class QStackedWidget;
class QTabWidget;

namespace residuum {

class AttentionView;
class Autosave;
class ElidedLabel;
class EmptyState;
class ExportAll;
class HistoryButton;
class Inspector;
class PromptStrip;
class QuestionPanel;
class SetBand;
class SettingsDialog;
class TokenPicker;
class VerdictLabel;
struct KeptSession;

/// GUI thread only.
class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    /// A tab for each of `questions`. `settings` remembers the layout and recent models; it is the
    /// window's own.
    MainWindow(const WorkbenchOptions& options, const Questions& questions,
               std::unique_ptr<QSettings> settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Workspace& workspace() { return *workspace_; }
    /// The panel of this type, of one of the questions.
    template <class Panel>
    Panel& panel() const {
        for (const auto& tab : tabs_)
            if (auto* found = dynamic_cast<Panel*>(tab.panel))
                return *found;
        throw std::logic_error("the window has no such panel");
    }
    /// Brings a panel to the front.
    void showPanel(QuestionPanel& panel);
    /// The same by its name; nothing for an unknown one.
    void showPanel(const std::string& name);
    Inspector& inspector() { return *inspector_; }
    AttentionView& attention() { return *attention_; }
    PromptStrip& promptStrip() { return *prompt_; }
    TokenPicker& targetPicker() { return *target_; }
    TokenPicker& versusPicker() { return *versus_; }

    /// Opens what the options name; else the last session, or the demo models.
    void openInitialModels();
    SetBand& setBand() { return *set_; }
    HistoryButton& history() { return *history_; }
    /// A model, a session, a result file or a set of prompts, by its ending.
    void open(const QString& named);
    void saveSessionTo(const QString& file);
    /// The page of settings; shown and not modal.
    SettingsDialog* editSettings();
    /// The dialog; shown and not modal.
    ExportDialog* exportFigure();
    /// Of every tab; the dialog likewise.
    ExportAll* exportAll();
    /// Shows the attention of the pinned head.
    void showAttention();
    /// Until every file that was given to be written is.
    void waitForFiles();

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* makeTop();
    QWidget* makeVerdict();
    void makeAttention();
    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeModelsMenu();
    void makeViewMenu();
    void makeAnalysisMenu();
    void makeHelpMenu();
    void makeStatusBar();
    void connectWorkspace();
    void keepSession();
    /// The document's, and what the window shows of it.
    Session session() const;
    void showAs(const SessionWindow& shown);
    void sayKept(bool restored);
    void openKept(const KeptSession& kept);

    void makeSetMenu(QMenu& menu);
    QStringList earlierPrompts() const;
    void chooseSet();
    void makeSet();
    void openSetFile(const QString& file);
    void openStarred();
    void chooseModel(bool insteadOfOthers);
    void chooseSession();
    void chooseResult();
    void openSession(const QString& file);
    /// False, and it says why: the session cannot be read in full, and nothing has changed.
    bool restore(const Session& session);
    void refuse(const QString& sentence);
    void saveSession();
    void saveSessionAs();
    void saveResult();
    void copyShownFigure(bool numbers);
    ExportDialog* openExport(const std::vector<FigureView>& views, const QString& first,
                             const ExportDialog::Make& make);
    void exportAttention();
    void showThingMenu(const Thing& thing, const QString& text, const QPoint& at);
    void openNamed(const QString& named);
    void keepRecent();
    void fillRecent(QMenu* menu);
    void fillHub(QMenu* menu);
    void makePanels();
    QWidget* makeMiddle();
    QStringList recentModels() const;
    /// One question's panel.
    struct Tab {
        QuestionPanel* panel = nullptr;
        std::string name; ///< as --panel has it
        FigureKind figures;
    };
    const Tab& front() const;
    void toggleDifference();
    std::pair<int, int> usualDifference() const;
    void renameColumn(int id);
    void use(const Preferences& preferences);
    void beginDocuments();
    void copyVerdict();
    void pinUnderPointer();
    void copyCommand();
    void showAbout();

    void refreshModels();
    void refreshPrompt();
    void refreshTargets();
    void refreshChoices();
    void refreshVerdict();
    void refreshUnderlay();
    void refreshStatus();

    WorkbenchOptions options_;
    Questions questions_;
    std::unique_ptr<QSettings> settings_;
    Preferences preferences_;
    std::unique_ptr<Workspace> workspace_;
    PromptStrip* prompt_ = nullptr;
    SetBand* set_ = nullptr;
    HistoryButton* history_ = nullptr;
    TokenPicker* target_ = nullptr;
    TokenPicker* versus_ = nullptr;
    QTabWidget* panels_ = nullptr;
    EmptyState* empty_ = nullptr;
    QStackedWidget* middle_ = nullptr; ///< the panels, or how to open a model
    std::vector<Tab> tabs_;            ///< in their order
    Inspector* inspector_ = nullptr;
    QDockWidget* inspectorDock_ = nullptr;
    AttentionView* attention_ = nullptr;
    QDockWidget* attentionDock_ = nullptr;
    VerdictLabel* verdict_ = nullptr; ///< of the tab in front
    ElidedLabel* status_ = nullptr;
    std::pair<int, int> lastDifference_{0, -1};
    QStringList opening_; ///< models that the user chose, until they are there
    QString sessionFile_;
    Autosave* autosave_ = nullptr; ///< null: sessions are not kept by themselves
};

} // namespace residuum
