// The workbench's window.
#pragma once

#include "app/window/panel_door.h"
#include "app/window/workbench.h"
#include "widgets/workspace/workspace.h"

#include <QMainWindow>

#include <memory>

class QLabel;
class QMenu;
class QSettings;
class QTabWidget;

namespace residuum {

class AttributionPanel;
class Autosave;
class ExportDialog;
class Inspector;
class NeuronPanel;
class PatchingPanel;
class PromptStrip;
class TokenPicker;
struct KeptSession;

/// GUI thread only.
class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    /// `settings` remembers the layout and recent models; it is the window's own.
    MainWindow(const WorkbenchOptions& options, std::unique_ptr<QSettings> settings,
               QWidget* parent = nullptr);
    ~MainWindow() override;

    Workspace& workspace() { return *workspace_; }
    AttributionPanel& attribution() { return *attribution_; }
    PatchingPanel& patching() { return *patching_; }
    NeuronPanel& neurons() { return *neurons_; }
    /// Brings a panel to the front.
    void showPanel(QWidget& panel);
    /// The same by its name; nothing for an unknown one.
    void showPanel(const std::string& name);
    Inspector& inspector() { return *inspector_; }
    PromptStrip& promptStrip() { return *prompt_; }
    TokenPicker& targetPicker() { return *target_; }
    TokenPicker& versusPicker() { return *versus_; }

    /// Opens what the options name; else the last session, or the demo models.
    void openInitialModels();
    /// A model, a session or a result file, by its ending.
    void open(const QString& named);
    void saveSessionTo(const QString& file);
    /// The dialog; shown and not modal.
    ExportDialog* exportFigure();
    /// Until every file that was given to be written is.
    void waitForFiles();

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* makeTop();
    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makeAnalysisMenu();
    void makeHelpMenu();
    void makeStatusBar();
    void connectWorkspace();
    void keepSession();
    void sayKept(bool restored);
    void openKept(const KeptSession& kept);

    void chooseModel();
    void chooseSession();
    void chooseResult();
    void openSession(const QString& file);
    void saveSession();
    void saveSessionAs();
    void saveResult();
    void copyShownFigure(bool numbers);
    void openNamed(const QString& named);
    void fillRecent(QMenu* menu);
    void fillHub(QMenu* menu);
    void makePanels();
    const PanelDoor& front() const;
    void toggleDifference();
    void togglePinUnderPointer();
    void copyCommand();
    void measureDataset();
    void chooseNeuronDataset();
    void showAbout();

    void refreshModels();
    void refreshPrompt();
    void refreshTargets();
    void refreshChoices();
    void refreshStatus();

    WorkbenchOptions options_;
    std::unique_ptr<QSettings> settings_;
    std::unique_ptr<Workspace> workspace_;
    PromptStrip* prompt_ = nullptr;
    TokenPicker* target_ = nullptr;
    TokenPicker* versus_ = nullptr;
    QTabWidget* panels_ = nullptr;
    AttributionPanel* attribution_ = nullptr;
    PatchingPanel* patching_ = nullptr;
    NeuronPanel* neurons_ = nullptr;
    std::vector<PanelDoor> doors_; ///< in the order of the tabs
    Inspector* inspector_ = nullptr;
    QLabel* status_ = nullptr;
    std::pair<int, int> lastDifference_{0, -1};
    QString sessionFile_;
    Autosave* autosave_ = nullptr; ///< null: sessions are not kept by themselves
};

} // namespace residuum
