// The document: models side by side, the prompts, and what is pinned and compared. What was found
// out about them is on the boards, one per question.
#pragma once

#include "analysis/question/beginning.h"
#include "analysis/question/job.h"
#include "analysis/question/result_file.h"
#include "analysis/question/result_reader.h"
#include "analysis/question/session.h"
#include "core/checkpoint/hash_memory.h"
#include "core/model/model.h"
#include "core/store/result_cache.h"
#include "widgets/workspace/background_work.h"
#include "widgets/workspace/engine.h"
#include "widgets/workspace/question_board.h"
#include "widgets/workspace/vocabulary.h"
#include "widgets/workspace/workspace_state.h"

#include <QObject>
#include <QStringList>
#include <QUndoStack>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

class PromptHistory;

/// Where a saved result comes from.
struct SavedSource {
    std::string kind; ///< "dla", …
    QString file;
    std::size_t model = 0; ///< its place in the file
    ModelInfo info;
    StoredTokens tokens;                        ///< the prompts, or the dataset
    std::map<std::string, StoredTokens> others; ///< what else the kind has, e.g. "corrupt"
    std::map<int, QString> tokenTexts;          ///< of the tokens that the file names
    std::string request;                        ///< of the file: JSON that reproduces it
    std::string key;
    QStringList rowTexts; ///< what each row of the result is about; empty: unknown
};

/// Of one of a file's models. `names`: the kind's token arrays, the prompts first. Throws Error.
SavedSource savedSource(const ResultReader& reader, std::size_t model, const ResultTokens& names);

/// One column: a model, or what a file has of one. Boards have what was found out about it.
struct ModelColumn {
    enum class State {
        Opening,
        Open,
        Saved ///< a result from a file, without its model
    };

    int id = 0;             ///< unique in this workspace
    QString source;         ///< as named
    QString name;           ///< `ownName`, with a number after it where an earlier column has it
    QString alias;          ///< that the user has given; "": none
    QString head;           ///< the name without what all begin with, and its role
    bool isControl = false; ///< what the others are compared with
    State state = State::Opening;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const SavedSource> saved; ///< with State::Saved
    std::function<void(int columnId)> enter;  ///< with State::Saved: gives the board the result

    /// What is known of the model, open or not; null: nothing yet.
    const ModelInfo* info() const;
    /// The alias, else the model's name, else the last component of what was named.
    QString ownName() const;
    /// Whether a question of this kind is answered in it: in a saved one the file's only.
    bool answers(const std::string& kind) const { return !saved || saved->kind == kind; }
};

/// A model that could not be opened.
struct FailedModel {
    int id = 0;
    QString source;  ///< as named
    QString name;    ///< last component of it
    QString problem; ///< why, in one sentence
    QString alias;   ///< for when it is there
};

/// Whether the texts that a file gives its tokens are the tokenizer's; true where it has none.
bool namesAgree(const StoredTokens& tokens, const Tokenizer* tokenizer);

struct WorkspaceOptions {
    NumericSettings numeric;
    std::filesystem::path demoFolder;
    std::optional<CacheSettings> cache = std::nullopt; ///< empty: nothing is kept
    std::int64_t memory = usualMemory; ///< bytes that a computation may hold beyond the weights
};

/// GUI thread only. Everything that computes goes through the engine.
class Workspace : public QObject {
    Q_OBJECT

  public:
    explicit Workspace(WorkspaceOptions options, QObject* parent = nullptr);
    ~Workspace() override;

    Engine& engine() { return engine_; }
    /// Writes files beside the engine: what is computed neither delays a save nor cancels it.
    BackgroundWork& files() { return files_; }
    /// Works out what plots show.
    BackgroundWork& drawings() { return drawings_; }
    /// Whether anything is computed, written or drawn.
    bool busy() const { return engine_.busy() || files_.busy() || drawings_.busy(); }
    /// Adds a question, before anything is opened.
    template <class B>
    B& add() {
        boards_.push_back(std::make_unique<B>(*this));
        return static_cast<B&>(*boards_.back());
    }
    const std::vector<std::unique_ptr<QuestionBoard>>& boards() const { return boards_; }
    /// The board of this type, which was added.
    template <class B>
    B& board() const {
        for (const auto& each : boards_)
            if (auto* found = dynamic_cast<B*>(each.get()))
                return *found;
        throw std::logic_error("the document has no such question");
    }
    /// Used on the engine thread only; null: nothing is kept.
    const std::shared_ptr<ResultCache>& cache() const { return cache_; }
    QUndoStack& undoStack() { return undo_; }

    const std::vector<ModelColumn>& columns() const { return columns_; }
    /// By its id; null: there is none.
    const ModelColumn* column(int id) const;
    /// Models that could not be opened and are not forgotten yet.
    const std::vector<FailedModel>& failures() const { return failures_; }
    /// Columns that are neither shown nor computed, and can be shown again.
    const std::vector<ModelColumn>& hidden() const { return hidden_; }
    const WorkspaceState& state() const { return state_; }
    /// Whether colour scales show everything, else they leave out what lies far above the rest.
    bool fullRange() const { return fullRange_; }
    std::optional<Thing> hovered() const { return hovered_; }
    /// Of the pinned things the one that was selected, else the last; empty: nothing is pinned.
    std::optional<Thing> selected() const;
    /// That one, then the others, the last one first: who shows one pin of a kind shows the first.
    std::vector<Thing> pinnedThings() const;
    /// Null: it is not pinned.
    const Pin* pinOf(const Thing& thing) const;
    /// Places in columns() of the two models compared; empty: no difference column.
    std::optional<std::pair<int, int>> difference() const;
    /// Of the document's token ids: what all open models share, also once these were closed. Null:
    /// the ids have no texts.
    std::shared_ptr<const Tokenizer> tokenizer() const;
    /// Of the first open model; 0 while none is open.
    int vocabularySize() const;
    /// The shortest context of the open models; 0 while none is open.
    int contextLength() const;
    /// The prompt as an analysis takes it.
    std::shared_ptr<const PromptInput> promptInput() const;
    /// Whether questions are asked of the whole set that is open.
    bool asksMean() const { return state_.set && state_.mean; }
    /// That set, where they are and it is there; null: it is not.
    std::shared_ptr<const PromptSet> askedSet() const;
    /// The clean prompts of that set, else the prompt. Null: the set is not there yet.
    std::shared_ptr<const PromptInput> askedPrompts() const;
    /// Why a set that is open is not there, in a sentence; "": it is, or it is being read.
    const QString& setProblem() const { return setProblem_; }
    /// Whether the document's prompts and answers are the set's pair; it may have been edited.
    bool showsPair() const;
    /// What was asked before.
    PromptHistory& history() { return *history_; }
    const NumericSettings& numeric() const { return options_.numeric; }
    /// Bytes that a computation may hold beyond the weights; of those to come.
    std::int64_t memory() const { return options_.memory; }
    void setMemory(std::int64_t bytes) { options_.memory = bytes; }
    /// To compute with; 0: all cores.
    void setThreads(int threads);

    /// `named`: a folder, a Hub id or demo:NAME.
    void openModel(const QString& named, const QString& alias = {});
    void closeModel(int id);
    /// Opens a model that could not be opened again, as the last column.
    void retry(int id);
    void forgetFailure(int id);
    /// All columns but this one; -1: all.
    void closeOthers(int id);
    /// `by` places to the right, or to the left where negative, as far as there are columns.
    void moveColumn(int id, int by);
    /// How a column is called everywhere; "": by its own name.
    void rename(int id, const QString& alias);
    void hideColumn(int id);
    /// As the last column.
    void showColumn(int id);
    /// What the others are compared with; -1: none is.
    void setControl(int id);
    /// What was closed last, a model as it was named or a result file; "": nothing.
    QString lastClosed() const { return closed_.isEmpty() ? QString() : closed_.last(); }
    /// Opens that again, as the last column.
    void reopenClosed();
    /// The open models by their columns: what decides what can be computed.
    std::vector<std::pair<int, std::shared_ptr<const Model>>> openModels() const;
    /// A column per model of a result file, beside the live ones. Unless told not to `adopt` it,
    /// the file's first prompt becomes the document's where that is none of the file's, and
    /// `resultOpened` is emitted.
    void openResult(const QString& file, bool adopt = true);
    /// The prompt of a saved column's `sample` and what the column asks about it, where it asks
    /// about prompts one by one.
    void adoptPrompt(int columnId, int sample);
    /// Writes a file by `write` and says that it is there, and `remark`, or why not.
    void save(const QString& file, std::function<void()> write, const QString& remark = {});
    /// What a session file keeps of this document.
    Session session() const;
    /// Replaces the document: closes all columns, forgets the steps to undo. Throws Error for a
    /// session that cannot be read in full, and then changes nothing.
    void restore(const Session& session);
    /// The prompt, target and versus of a document that has none, as soon as a model that can
    /// express them is open.
    void setInitialTexts(const QString& prompt, const QString& corrupt, const QString& target,
                         const QString& versus, bool endOfTextFirst = false);
    /// The same by the user: whatever the document has by then; what cannot be expressed is said.
    /// Without a prompt the initial one is meant.
    void ask(const Beginning& beginning);

    void setPrompt(const PromptState& prompt);
    /// The corrupted prompt of patching.
    void setCorrupt(const PromptState& prompt);
    /// Prompts and answers at once, as one step to undo.
    void setPair(const PromptState& clean, const PromptState& corrupt, TokenId correct,
                 TokenId incorrect);
    /// Reads a set and asks about all of it, as one step to undo; or says why not.
    void openSet(const PairRequest& request, const QString& name);
    void closeSet();
    /// One of the set becomes the document's prompts and answers, and what is asked about.
    void showPair(int place);
    /// Whether questions are asked of the whole set, or of the prompt.
    void setMean(bool mean);
    /// Asks again what was asked before.
    void askAgain(const WorkspaceState& asked, const std::shared_ptr<const Vocabulary>& vocabulary);
    /// Of the state's ids; null: not known yet.
    const std::shared_ptr<const Vocabulary>& vocabulary() const { return vocabulary_; }
    void setPosition(int position);
    void setTarget(std::optional<TokenId> token);
    void setVersus(std::optional<TokenId> token);
    /// Pins it, unless it is pinned, and selects it.
    void pin(const Thing& thing);
    void unpin(const Thing& thing);
    void unpinAll();
    /// Of a pinned thing; "": none any more.
    void setNote(const Thing& thing, const QString& note);
    /// Of pinned things, which are taken together under this name; "": by themselves again.
    void setGroup(const std::vector<Thing>& things, const QString& group);
    /// Of the pinned things the one whose details are shown; no step to undo.
    void select(const Thing& thing);

    /// The full range, unlocked; or robust limits again.
    void toggleFullRange();
    void setHovered(std::optional<Thing> thing);
    void setDifference(std::optional<std::pair<int, int>> columns);
    /// Cancels everything that is queued or running; what was waited for says so.
    void cancelWork();
    /// The Hub cache's GPT-2 models, listed on the engine thread.
    void listHub(std::function<void(const QStringList& ids)> deliver);

  Q_SIGNALS:
    void workCancelled();  ///< by the user; nothing is begun again by itself
    void columnsChanged(); ///< a column came, went or changed its state
    void resultsChanged(); ///< a board's answers came, grew or changed their state
    void promptChanged();
    void corruptChanged();
    void positionChanged();
    void targetChanged();
    void pinsChanged(); ///< or another of them is selected
    void setChanged();  ///< another set, pair of it, or whether all of it is meant
    void setNotOpened(const QString& sentence);
    void hoveredChanged();
    void fullRangeChanged();
    void differenceChanged();
    void resultOpened(const QString& kind);  ///< a file that the user opened
    void message(const QString& sentence);   ///< for the status bar
    void notOpened(const QString& sentence); ///< a model, result or session, and why

  private:
    friend class StateCommand;

    void change(const QString& text, const WorkspaceState& next, int mergeId = -1);
    void apply(const WorkspaceState& next);
    /// A state whose ids are of `vocabulary`; null: of the document's.
    void applyOf(const WorkspaceState& next, const std::shared_ptr<const Vocabulary>& vocabulary);
    /// Columns came, went or changed.
    void announceColumns();
    void readSet(const std::shared_ptr<const PromptSet>& set,
                 std::function<void(std::shared_ptr<const PromptSet>)> take,
                 std::function<void(const QString&)> failed);
    void readSetAgain();
    void fitSet();
    void sayLeftOut(const PromptSet& set);
    void takePair(WorkspaceState& next, int place) const;
    void enter(const Vocabulary& vocabulary);
    void enterVocabularyOf(const Model& model, bool besideOthers);
    void enterVocabularyOf(const ModelColumn& saved);
    void opened(int id, std::shared_ptr<const Model> model);
    void failed(int id, const QString& sentence);
    bool moveToFailures(int id, const QString& sentence);
    void beginPrompt();
    bool beginAsAsked();
    ModelConfig narrowest() const;
    QString whyNotBeside(const SavedSource& source) const;
    /// `looks`: of the file's models, as a session has them.
    void openResult(const QString& file, bool adopt, const std::vector<SessionLook>& looks);
    void addSaved(const std::vector<SavedColumn>& columns, bool adopt,
                  const std::vector<SessionLook>& looks);
    void keepSaved(Session& session, const ModelColumn& column, bool isHidden) const;
    QuestionBoard* boardOf(const std::string& kind) const;
    void wishDifference();
    int placeRestored(int place) const;
    std::vector<SessionLook> looks() const;
    ModelColumn* find(int id);
    const Model* firstOpen() const;

    const Purpose opening_{Lane::Prompt}, openingResult_{Lane::Prompt}, hub_{Lane::Prompt},
        threading_{Lane::Prompt}, openingSet_{Lane::Prompt}, readingSet_{Lane::Prompt};
    WorkspaceOptions options_;
    std::shared_ptr<ResultCache> cache_; ///< used on the engine thread only; null: none
    std::shared_ptr<HashMemory> hashes_;
    std::vector<ModelColumn> columns_;
    std::vector<FailedModel> failures_;
    std::vector<ModelColumn> hidden_;
    std::vector<int> hidingWhenOpen_; ///< ids of columns that a session has hidden
    QStringList closed_;              ///< models and result files, the last one last
    WorkspaceState state_;
    std::shared_ptr<const Vocabulary> vocabulary_; ///< of the state's ids; null: not known yet
    bool fullRange_ = false;
    std::optional<Thing> hovered_, selected_;
    std::optional<std::pair<int, int>> differenceIds_;
    std::optional<std::pair<int, int>> wishedDifference_; ///< until its columns are there
    Session others_; ///< what the session that was opened has of questions that are not there
    Beginning initial_;
    std::optional<Beginning> asked_; ///< by the user, until a model is open
    QString setProblem_;
    std::unique_ptr<PromptHistory> history_;
    int nextId_ = 0;
    mutable PromptState inputOf_; ///< what `promptInput_` was made of
    mutable std::shared_ptr<const Tokenizer> spelling_;
    mutable std::shared_ptr<const PromptInput> promptInput_;
    QUndoStack undo_;
    std::vector<std::unique_ptr<QuestionBoard>> boards_;
    BackgroundWork files_, drawings_;
    Engine engine_; ///< last: stopped before what its jobs deliver to goes
};

} // namespace residuum
