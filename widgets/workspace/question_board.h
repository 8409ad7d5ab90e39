// What all questions have in common in the document: when they are computed, and what becomes of
// each column's answer.
#pragma once

#include "core/index.h"
#include "widgets/workspace/engine.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

class ResultReader;
class Workspace;
struct ModelColumn;
struct SavedSource;
struct Session;
struct WorkspaceState;

enum class AnswerState {
    Empty,     ///< nothing is there, and nothing comes
    Waiting,   ///< asked for; a result that is there is of something else
    Partial,   ///< being computed; a result that is there is of it, so far
    Announced, ///< likewise, but what is missing takes long: it waits for the user's word
    Complete,  ///< the result is what is asked for
    Stale,     ///< the result is of something else, and nothing comes
    Cancelled, ///< by the user; a result that is there is unfinished or of something else
    Failed     ///< likewise
};

/// A column's answer but for its numbers.
struct AnswerStatus {
    AnswerState state = AnswerState::Empty;
    std::string created;    ///< when the result was computed, ISO 8601
    bool fromCache = false; ///< whether it was read there
    QString sentence;       ///< why nothing (more) comes; "": it does, or the board says why

    bool complete() const { return state == AnswerState::Complete; }
    bool coming() const { return state == AnswerState::Waiting || state == AnswerState::Partial; }
    /// Whether a result that is there is not what is asked for.
    bool stale() const {
        return !complete() && state != AnswerState::Partial && state != AnswerState::Announced;
    }
};

/// What a model says next.
struct TokenGuess {
    TokenId token;
    double probability = 0.0;
};

/// What a model answers at the document's position: the number that attributions add up to.
struct PromptAnswer {
    TokenId target;
    std::optional<TokenId> versus;
    double logit = 0.0;       ///< of the target, minus `versus`'s, or minus the mean where centred
    bool centred = false;     ///< without `versus`
    double probability = 0.0; ///< of the target over the whole vocabulary; NaN: not known
    int rank = 0;             ///< of the target among all tokens, from 1; 0: not known
    bool stale = false;       ///< of what was asked before
    bool isMean = false;      ///< over a set's prompts, each with its own answers
    int prompts = 1;          ///< so many
    double right = 0.0;       ///< the share of them whose `logit` is above 0
};

/// A model's result in a file, read but not in the document yet.
struct SavedColumn {
    std::shared_ptr<const SavedSource> source;
    std::function<void(int columnId)> enter; ///< gives the board the result as a column's answer
};

/// When a question is computed by itself.
enum class Wish {
    Always,
    WhileLookedAt ///< what has begun goes on until it is done, cancelled or of something else
};

/// GUI thread only, unless told otherwise. One question about all columns of a document.
class QuestionBoard : public QObject {
    Q_OBJECT

  public:
    QuestionBoard(Workspace& workspace, Wish wish);

    /// Of result files, e.g. "dla".
    virtual std::string kind() const = 0;
    /// Of a column; null: nothing was asked of it.
    virtual const AnswerStatus* status(int columnId) const = 0;
    /// Why nothing can be computed, in a sentence with what to do; "": it can.
    virtual QString obstacle() const;
    /// Whether somebody looks.
    void setActive(bool active);
    /// Computes again, whatever the cache holds.
    virtual void recompute() = 0;
    /// Writes the models' answers into one file, or says why not.
    virtual void save(const QString& file) = 0;
    /// What the question's models say next at the document's position, for pickers; often none.
    virtual std::vector<TokenGuess> guesses(const ModelColumn& column) const;
    /// What a column's model answers to the prompt; empty: the question does not tell.
    virtual std::optional<PromptAnswer> promptAnswer(const ModelColumn&) const {
        return std::nullopt;
    }
    /// The shell command that computes what is asked; "" while nothing can be.
    virtual QString command() const = 0;

    /// Its panel's name.
    virtual std::string panel() const = 0;
    /// What a session keeps of the question.
    virtual void keep(Session& session) const;
    /// The inverse. Throws Error for what cannot be read, before anything is changed.
    using Restoration = std::function<void(WorkspaceState& next)>;
    virtual Restoration restoration(const Session& session);
    /// The end of the panel's colour scale where it is locked.
    std::optional<double> lockedLimit() const { return lockedLimit_; }
    /// Empty: the scale follows the data.
    void lockScale(std::optional<double> limit);
    /// The same of a view that has a scale of its own.
    std::optional<double> lockedLimit(const QString& view) const;
    void lockScale(const QString& view, std::optional<double> limit);

    /// The results of a file of this kind, one or more. Engine thread. Throws Error.
    virtual std::vector<SavedColumn> read(const ResultReader& reader) = 0;
    /// The user has opened a file of this kind: what is asked becomes what it holds, as far as the
    /// board says what is asked.
    virtual void follow(const ModelColumn& column);
    /// The prompt's place among those of a saved column of this kind; -1: the file has others.
    virtual int sampleOf(const ModelColumn& column) const;
    /// `next`, whose prompt is a saved column's `sample`, gets what else the column asks about it;
    /// false: a file of this kind has nothing to do with the document's prompt.
    virtual bool adopt(const ModelColumn& column, int sample, WorkspaceState& next) const;

  Q_SIGNALS:
    void changed();         ///< an answer came, grew, or changed its state
    void settingsChanged(); ///< also what `obstacle` says
    void scaleChanged();    ///< was locked, or is not any more

  protected:
    Workspace& workspace() const { return workspace_; }
    bool isLookedAt() const { return wish_ == Wish::Always || active_; }
    /// Why nothing can be asked of the whole set, where all of it is meant; "": it can.
    QString setObstacle() const;
    /// Whether anybody has looked yet.
    bool wasLookedAt() const { return wasLookedAt_; }
    static QString cancelledText();

    /// The figure view that a session names, where the panel has several; "": none.
    virtual QString sessionView() const { return {}; }
    virtual void showSessionView(const QString&) {}

    /// Begins what is not there of what is asked, takes back what is not asked any more.
    virtual void update() = 0;
    /// Columns came, went or changed their state; `update` follows.
    virtual void columnsChanged() = 0;
    /// The engine has dropped all work, because the user said so.
    virtual void cancelled() = 0;
    /// Nobody has looked for some time.
    virtual void forgetPrepared() = 0;

  private:
    /// What a session calls a view's own scale, beside the panels.
    std::string ownScale(const std::string& view) const { return panel() + '/' + view; }

    Workspace& workspace_;
    Wish wish_;
    bool active_ = false;
    bool wasLookedAt_ = false;
    std::optional<double> lockedLimit_;
    std::map<std::string, double> viewLimits_;
    QTimer unseen_;
};

} // namespace residuum
