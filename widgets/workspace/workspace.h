// The document: models side by side, one prompt, and what was found out about them.
#pragma once

#include "analysis/attribution/dla_result.h"
#include "core/model/model.h"
#include "widgets/workspace/engine.h"
#include "widgets/workspace/workspace_state.h"

#include <QObject>
#include <QStringList>
#include <QUndoStack>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace residuum {

struct DatasetRequest;

/// One column. `result` stays until its successor is there; it is stale meanwhile.
struct ModelColumn {
    enum class State { Opening, Open, Failed };

    int id = 0;     ///< unique in this workspace
    QString source; ///< as named
    QString name;   ///< last component of it
    State state = State::Opening;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const DlaResult> result; ///< all positions of the prompt
    bool stale = false;
    QString problem;     ///< one sentence: why it could not be opened or computed
    QString datasetNmae; ///< "NMAE over FILE, …" where it was asked for
};

struct WorkspaceOptions {
    NumericSettings numeric;
    std::filesystem::path demoFolder;
};

/// GUI thread only. Everything that computes goes through the engine.
class Workspace : public QObject {
    Q_OBJECT

  public:
    explicit Workspace(WorkspaceOptions options, QObject* parent = nullptr);
    ~Workspace() override;

    Engine& engine() { return engine_; }
    QUndoStack& undoStack() { return undo_; }

    const std::vector<ModelColumn>& columns() const { return columns_; }
    const WorkspaceState& state() const { return state_; }
    ViewMode mode() const { return mode_; }
    std::optional<int> hovered() const { return hovered_; }
    /// Places in columns() of the two models compared; empty: no difference column.
    std::optional<std::pair<int, int>> difference() const;
    /// The tokenizer all open models share; null: none of them has one.
    std::shared_ptr<const Tokenizer> tokenizer() const;
    /// Of the first open model; 0 while none is open.
    int vocabularySize() const;
    /// The shortest context of the open models; 0 while none is open.
    int contextLength() const;
    /// Each open model's source, for the command line.
    QStringList sources() const;

    /// `named`: a folder, a Hub id or demo:NAME.
    void openModel(const QString& named);
    void closeModel(int id);
    /// The prompt, target and versus to begin with, as soon as a model that can express them is
    /// open.
    void setInitialTexts(const QString& prompt, const QString& target, const QString& versus);

    void setPrompt(const PromptState& prompt);
    void setPosition(int position);
    void setTarget(std::optional<TokenId> token);
    void setVersus(std::optional<TokenId> token);
    void togglePin(int componentId);

    void setMode(ViewMode mode);
    void setHovered(std::optional<int> componentId);
    void setDifference(std::optional<std::pair<int, int>> columns);
    /// NMAE of every open model over a dataset, target next, last position.
    void measureNmae(const DatasetRequest& dataset);
    /// Cancels everything that is queued or running; what was waited for says so.
    void cancelWork();
    /// The Hub cache's GPT-2 models, listed on the engine thread.
    void listHub(std::function<void(const QStringList& ids)> deliver);

  Q_SIGNALS:
    void columnsChanged(); ///< a column came, went or changed its state
    void resultsChanged(); ///< numbers came or became stale
    void promptChanged();
    void positionChanged();
    void targetChanged();
    void pinsChanged();
    void hoveredChanged();
    void modeChanged();
    void differenceChanged();
    void message(const QString& sentence); ///< for the status bar

  private:
    friend class StateCommand;

    void change(const QString& text, const WorkspaceState& next, int mergeId = -1);
    void apply(const WorkspaceState& next);
    void opened(int id, std::shared_ptr<const Model> model);
    void failed(int id, const QString& sentence);
    void beginPrompt();
    void requestAll();
    void request(ModelColumn& column);
    DlaRequest dlaRequest() const;
    ModelColumn* find(int id);
    const Model* firstOpen() const;

    WorkspaceOptions options_;
    std::vector<ModelColumn> columns_;
    WorkspaceState state_;
    ViewMode mode_ = ViewMode::Dla;
    std::optional<int> hovered_;
    std::optional<std::pair<int, int>> differenceIds_;
    QString initialPrompt_, initialTarget_, initialVersus_;
    int nextId_ = 0;
    QUndoStack undo_;
    Engine engine_; ///< last: stopped before what its jobs deliver to goes
};

} // namespace residuum
