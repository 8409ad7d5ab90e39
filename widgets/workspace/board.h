// A question about all columns of a document, as its Analysis (analysis/question/answer.h) has it.
#pragma once

#include "analysis/question/answer.h"
#include "widgets/workspace/question_board.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// See QuestionBoard. As it is it asks `request()` about `input()` of every open model; who asks
/// otherwise derives from it.
template <class Q>
class Board : public QuestionBoard {
  public:
    using Request = typename Q::Request;
    using Input = typename Q::Input;
    using Result = typename Q::Result;
    using Settings = typename Q::Settings;

    /// One column's answer. `result` stays until its successor is there.
    struct ColumnAnswer : AnswerStatus {
        std::shared_ptr<const Result> result;
        std::shared_ptr<const Input> input; ///< what it was computed over
    };

    /// `rest`: the lane of what is left once something was published.
    explicit Board(Workspace& workspace, Wish wish = Wish::WhileLookedAt, Lane lane = Lane::Sweep,
                   Lane rest = Lane::Sweep)
        : QuestionBoard(workspace, wish), answering_(lane, rest), goingOn_(rest) {}

    std::string kind() const override { return Q::kind; }
    std::string panel() const override { return Q::panel; }
    /// How the panel is set; no steps to undo.
    const Settings& settings() const { return settings_; }
    void setSettings(const Settings& settings) {
        if (settings_ == settings)
            return;
        settings_ = settings;
        update();
        Q_EMIT settingsChanged();
        Q_EMIT changed();
    }
    /// Of a column; null: nothing was asked of it.
    const ColumnAnswer* answer(int columnId) const {
        const auto found = slots_.find(columnId);
        return found == slots_.end() ? nullptr : &found->second.shown;
    }
    const AnswerStatus* status(int columnId) const override { return answer(columnId); }
    /// What `answer` has; null: nothing.
    std::shared_ptr<const Result> result(int columnId) const {
        const auto* there = answer(columnId);
        return there == nullptr ? nullptr : there->result;
    }
    /// What is asked of every open model; empty while it is not known.
    virtual std::optional<Request> request() const {
        if constexpr (std::same_as<Request, Settings>)
            return settings_;
        else
            return Request{};
    }
    /// What it is asked about: the prompt unless told otherwise. Call only without obstacle.
    virtual std::shared_ptr<const Input> input() const {
        if constexpr (std::same_as<Input, PromptInput>)
            return workspace().promptInput();
        else
            return nullptr;
    }

    void recompute() override {
        again_ = true;
        for (auto& [id, slot] : slots_) {
            slot.asked.reset();
            slot.before.reset();
        }
        update();
        again_ = false;
    }
    void save(const QString& file) override;
    QString command() const override;
    std::vector<SavedColumn> read(const ResultReader& reader) override;
    void keep(Session& session) const override {
        if constexpr (hasSettings<Settings>)
            if (const auto there = kept())
                session.ask(Q::panel, *there);
        QuestionBoard::keep(session);
    }
    Restoration restoration(const Session& session) override {
        return [this, asks = session.asks(Q::panel), view = QuestionBoard::restoration(session),
                there = session.settings<Settings>(Q::panel)](WorkspaceState& next) {
            inSession_ = asks;
            restored(there, next);
            view(next);
        };
    }

  protected:
    /// What a session keeps of the settings; empty: nothing, the panel was never used.
    virtual std::optional<Settings> kept() const {
        return wasLookedAt() || inSession_ || settings_ != Settings{} ? std::optional(settings_)
                                                                      : std::nullopt;
    }
    /// `there`: what a session asks, what is usual where it does not.
    virtual void restored(const Settings& there, WorkspaceState&) { setSettings(there); }

    /// What a column's answer is, or is to be, of.
    struct Asked {
        Request request;
        std::shared_ptr<const Input> input;
        /// Finds the input where it is not known yet; engine thread.
        std::function<std::shared_ptr<const Input>(const Model&, Progress&)> read{};
        std::string place{}; ///< of what `read` finds
        CacheUse use = CacheUse::ReadAndWrite;

        bool isSame(const Asked& other) const {
            const bool sameInput =
                input == other.input || (input != nullptr && other.input != nullptr &&
                                         input->tokens == other.input->tokens);
            return request == other.request && place == other.place && sameInput;
        }
    };
    /// What the engine brings.
    struct Found {
        Answer<Result> answer;
        std::shared_ptr<const Input> input;
    };

    /// Of a column with a model; empty: nothing (yet).
    virtual std::optional<Asked> wanted(const ModelColumn&) const {
        const auto asked = obstacle().isEmpty() ? request() : std::nullopt;
        return asked ? std::optional(Asked{*asked, input()}) : std::nullopt;
    }
    /// Bytes that a computation may hold beyond the weights.
    virtual std::int64_t memory() const { return workspace().memory(); }
    /// Whether a column's last answer is kept while another question is asked, to be there at once
    /// when that one is asked again.
    virtual bool remembers() const { return false; }
    /// Whether what is wanted of a column will be known when another column is answered.
    virtual bool awaited(const ModelColumn&) const { return false; }
    /// What was asked of a column does not hold any more, or the column is gone.
    virtual void outdated(int) {}
    /// The answer is there.
    virtual void received(int) {}
    virtual void failed(int columnId, const QString& sentence);
    /// Where it is as it is to be saved; else null.
    virtual std::shared_ptr<const Result> saved(int columnId) const {
        const auto* there = answer(columnId);
        return there != nullptr && there->complete() ? there->result : nullptr;
    }
    /// Adds to what a saved column tells. Engine thread: changes nothing here.
    virtual void describe(const ResultReader&, const Result&, SavedSource&) const {}
    /// What a saved column is about; null: nobody needs it.
    virtual std::shared_ptr<const Input> inputOf(const SavedSource& source) const {
        if constexpr (std::same_as<Input, PromptInput>)
            return std::make_shared<const Input>(PromptInput{{}, source.tokens.input});
        else
            return nullptr;
    }
    /// A saved column's result is in.
    virtual void entered(int) {}

    /// What becomes of what was asked, on the GUI thread.
    struct Taking {
        std::function<void(const Found&)> whole;
        std::function<void(const Found&)>
            partial{}; ///< what there is before; null: it is not wanted
        std::function<void(const QString& sentence)> failed{}; ///< null: the column's answer has
    };
    /// Where a question can be gone on with and columns take turns.
    struct Turn {
        std::shared_ptr<const Result> begun{}; ///< what there is of it already; null: nothing
        std::function<bool(double preparing, double working)>
            pauses{};                   ///< see Job; null: it is the only turn
        std::function<void()> paused{}; ///< on the GUI thread
    };
    /// The next turn of what is asked of a column.
    virtual Turn turn(int, const Asked&) { return {}; }
    /// Gives a column that has paused its next turn, behind those of others.
    void goOn(int columnId) { askTurn(goingOn_, columnId, *slots_.at(columnId).asked); }
    /// What was cancelled is begun again.
    void beginCancelled();
    /// Has the engine answer.
    void ask(const Purpose& purpose, int columnId, const Asked& asked, Taking taking,
             Turn turn = {});
    /// Whether what is begun computes again, whatever the cache holds.
    bool isAgain() const { return again_; }
    std::shared_ptr<const Model> modelOf(int columnId) const {
        const auto* column = workspace().column(columnId);
        return column == nullptr ? nullptr : column->model;
    }
    ColumnAnswer& shown(int columnId) { return slots_[columnId].shown; }
    /// What is known already is a column's answer: nothing is computed.
    void answerWith(int columnId, const Asked& asked, const Found& found) {
        outdated(columnId);
        cancel(columnId);
        slots_[columnId].asked = asked;
        show(columnId, AnswerState::Complete, found);
    }
    /// Whether a column's answer is what is asked, whole.
    bool isAnswered(int columnId, const Asked& asked) const {
        const auto found = slots_.find(columnId);
        return found != slots_.end() && found->second.shown.complete() && found->second.asked &&
               found->second.asked->isSame(asked);
    }
    /// What was computed is an answer to this too.
    void relabel(int columnId, Asked asked) { slots_[columnId].asked = std::move(asked); }

    void update() override;
    void columnsChanged() override;
    void cancelled() override;
    void forgetPrepared() override {
        for (auto& [id, slot] : slots_)
            slot.prepared = std::make_shared<Prepared>();
    }

  private:
    /// A whole answer, and to what.
    struct Known {
        Asked asked;
        ColumnAnswer answer;
    };
    struct Slot {
        ColumnAnswer shown;
        std::optional<Asked> asked;
        std::optional<Known> before; ///< see remembers
        std::shared_ptr<Prepared> prepared = std::make_shared<Prepared>();
    };

    void show(int columnId, AnswerState state, const Found& found) {
        auto& there = slots_[columnId].shown;
        there.state = state;
        there.created = found.answer.created;
        there.fromCache = found.answer.fromCache;
        there.sentence.clear();
        there.result = found.answer.result;
        there.input = found.input;
    }
    bool updateKnown();
    bool updateUnknown();
    bool retire(int columnId, Slot& slot, AnswerState state);
    void remember(Slot& slot) {
        if (remembers() && slot.asked && slot.shown.complete())
            slot.before = Known{*slot.asked, slot.shown};
    }
    bool showBefore(int columnId, Slot& slot, const Asked& asked);
    void begin(int columnId, Slot& slot, Asked asked);
    void askTurn(const Purpose& purpose, int columnId, const Asked& asked);
    void cancel(int columnId) {
        workspace().engine().cancel({answering_, columnId});
        workspace().engine().cancel({goingOn_, columnId});
    }

    Settings settings_;
    bool inSession_ = false;    ///< the session that was opened has settings
    std::map<int, Slot> slots_; ///< by column
    bool again_ = false;        ///< whatever the cache holds
    const Purpose answering_, goingOn_;
};

} // namespace residuum

#include "widgets/workspace/board_work.h"
