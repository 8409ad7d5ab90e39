// A question about all columns of a document, as its Analysis (analysis/results/answer.h) has it.
#pragma once

#include "analysis/results/answer.h"
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

    explicit Board(Workspace& workspace, Wish wish = Wish::WhileLookedAt, Lane lane = Lane::Sweep)
        : QuestionBoard(workspace, wish), answering_(lane) {}

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
        for (auto& [id, slot] : slots_)
            slot.asked.reset();
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
            restored(asks, there, next);
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
    virtual void restored(bool, const Settings& there, WorkspaceState&) { setSettings(there); }

    /// What a column's answer is, or is to be, of.
    struct Asked {
        Request request;
        std::shared_ptr<const Input> input;
        /// Finds the input where it is not known yet; engine thread.
        std::function<std::shared_ptr<const Input>(const Model&, Progress&)> read{};
        std::string place{}; ///< of what `read` finds
        CacheUse use = CacheUse::ReadAndWrite;

        bool isSame(const Asked& other) const {
            const bool sameInput = input == nullptr || other.input == nullptr
                                       ? input == other.input
                                       : input->tokens == other.input->tokens;
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
    virtual std::int64_t memory() const { return usualMemory; }
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

    /// Has the engine answer; `take` gets what it finds, `partial` what there is before, on the GUI
    /// thread.
    void ask(const Purpose& purpose, int columnId, const Asked& asked,
             std::function<void(const Found&)> take,
             std::function<void(const Found&)> partial = {});
    /// Whether what is begun computes again, whatever the cache holds.
    bool isAgain() const { return again_; }
    std::shared_ptr<const Model> modelOf(int columnId) const {
        const auto* column = workspace().column(columnId);
        return column == nullptr ? nullptr : column->model;
    }
    ColumnAnswer& shown(int columnId) { return slots_[columnId].shown; }
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
    struct Slot {
        ColumnAnswer shown;
        std::optional<Asked> asked;
        std::shared_ptr<Prepared> prepared = std::make_shared<Prepared>();
    };

    void show(int columnId, AnswerState state, const Found& found) {
        auto& there = slots_[columnId].shown;
        there.state = state;
        there.created = found.answer.created;
        there.fromCache = found.answer.fromCache;
        there.warning = QString::fromStdString(found.answer.warning);
        there.sentence.clear();
        there.result = found.answer.result;
        there.input = found.input;
    }
    bool updateKnown();
    bool updateUnknown();
    bool retire(int columnId, Slot& slot, AnswerState state);
    void begin(int columnId, Slot& slot, Asked asked);

    Settings settings_;
    bool inSession_ = false;    ///< the session that was opened has settings
    std::map<int, Slot> slots_; ///< by column
    bool again_ = false;        ///< whatever the cache holds
    const Purpose answering_;
};

template <class Q>
void Board<Q>::ask(const Purpose& purpose, int columnId, const Asked& asked,
                   std::function<void(const Found&)> take,
                   std::function<void(const Found&)> partial) {
    workspace().engine().submit(
        {purpose, columnId},
        [this, asked, take = std::move(take), partial = std::move(partial),
         model = modelOf(columnId), cache = workspace().cache(), memory = memory(),
         prepared = slots_[columnId].prepared](Progress& progress,
                                               const Publish& publish) -> Delivery {
            Found found;
            found.input = asked.input ? asked.input : asked.read(*model, progress);
            Job<Result> job(progress);
            job.memory = memory;
            job.prepared = prepared.get();
            if (partial)
                job.publish = [&](std::shared_ptr<const Result> sofar) {
                    publish([partial, part = Found{{sofar, {}, false, {}}, found.input}] {
                        partial(part);
                    });
                };
            found.answer = residuum::answer<Q>(cache.get(), asked.use, *model, *found.input,
                                               asked.request, job);
            return [this, take, found, isNew = asked.input == nullptr] {
                if (isNew)
                    for (const auto& warning : warningsOf(*found.input))
                        Q_EMIT workspace().message(QString::fromStdString(warning));
                if (!found.answer.warning.empty())
                    Q_EMIT workspace().message(QString::fromStdString(found.answer.warning));
                take(found);
            };
        },
        [this, columnId](const QString& sentence) { failed(columnId, sentence); });
}

template <class Q>
void Board<Q>::begin(int columnId, Slot& slot, Asked asked) {
    outdated(columnId);
    if (again_)
        asked.use = CacheUse::WriteOnly;
    slot.asked = asked;
    slot.shown.state = AnswerState::Waiting;
    slot.shown.sentence.clear();
    ask(
        answering_, columnId, asked,
        [this, columnId](const Found& found) {
            show(columnId, AnswerState::Complete, found);
            received(columnId);
            Q_EMIT changed();
        },
        [this, columnId](const Found& sofar) {
            show(columnId, AnswerState::Partial, sofar);
            Q_EMIT changed();
        });
}

template <class Q>
bool Board<Q>::retire(int columnId, Slot& slot, AnswerState state) {
    if (!slot.asked && slot.shown.state == state && slot.shown.sentence.isEmpty())
        return false;
    workspace().engine().cancel({answering_, columnId});
    outdated(columnId);
    slot.asked.reset();
    slot.shown.state = state;
    slot.shown.sentence.clear();
    return true;
}

/// The columns of which it is known what is asked.
template <class Q>
bool Board<Q>::updateKnown() {
    bool any = false;
    for (const auto& column : workspace().columns()) {
        const auto asked = column.model ? wanted(column) : std::nullopt;
        const auto found = slots_.find(column.id);
        if (!asked ||
            (found != slots_.end() && found->second.asked && found->second.asked->isSame(*asked)))
            continue;
        if (isLookedAt() || again_) {
            begin(column.id, slots_[column.id], *asked);
            any = true;
        } else if (found != slots_.end()) {
            auto& slot = found->second;
            any |= retire(column.id, slot,
                          slot.shown.result ? AnswerState::Stale : AnswerState::Empty);
        }
    }
    return any;
}

/// The others.
template <class Q>
bool Board<Q>::updateUnknown() {
    bool any = false;
    for (const auto& column : workspace().columns()) {
        if (!column.model || wanted(column))
            continue;
        if (awaited(column)) {
            any |= retire(column.id, slots_[column.id], AnswerState::Waiting);
            continue;
        }
        const auto found = slots_.find(column.id);
        if (found == slots_.end())
            continue;
        auto& slot = found->second;
        // What was cancelled or failed says so for as long as it could be computed.
        if (slot.asked || slot.shown.coming() || slot.shown.complete() || !obstacle().isEmpty())
            any |= retire(column.id, slot,
                          slot.shown.result ? AnswerState::Stale : AnswerState::Empty);
    }
    return any;
}

template <class Q>
void Board<Q>::update() {
    const bool known = updateKnown();
    if (updateUnknown() || known)
        Q_EMIT changed();
}

template <class Q>
void Board<Q>::columnsChanged() {
    std::erase_if(slots_, [this](const auto& entry) {
        const bool gone = workspace().column(entry.first) == nullptr;
        if (gone)
            outdated(entry.first);
        return gone;
    });
}

template <class Q>
void Board<Q>::cancelled() {
    for (auto& [id, slot] : slots_)
        if (slot.shown.coming()) {
            slot.shown.state = AnswerState::Cancelled;
            slot.shown.sentence = cancelledText();
        }
    Q_EMIT changed();
}

template <class Q>
void Board<Q>::failed(int columnId, const QString& sentence) {
    shown(columnId).state = AnswerState::Failed;
    shown(columnId).sentence = sentence;
    Q_EMIT changed();
}

template <class Q>
void Board<Q>::save(const QString& file) {
    std::vector<std::shared_ptr<const Result>> results;
    QStringList missing;
    for (const auto& column : workspace().columns()) {
        if (!column.model)
            continue;
        if (const auto there = saved(column.id)) {
            results.push_back(there);
            continue;
        }
        missing << column.name;
        if (const auto* there = answer(column.id); there != nullptr && there->coming()) {
            Q_EMIT workspace().message(
                tr("Nothing was saved: %1 is still being computed.").arg(column.name));
            return;
        }
    }
    if (results.empty()) {
        const auto why = obstacle();
        Q_EMIT workspace().message(
            tr("Nothing was saved: %1")
                .arg(why.isEmpty() ? tr("there is no complete result.") : why));
        return;
    }
    workspace().save(
        file,
        [file, results, input = input(), wanted = *request(), shared = workspace().tokenizer()] {
            saveResults<Q>(file.toStdString(), results, *input, wanted, shared.get());
        },
        missing.isEmpty() ? QString()
                          : tr("Without %1: there is no complete result.")
                                .arg(missing.join(QStringLiteral(", "))));
}

template <class Q>
QString Board<Q>::command() const {
    std::vector<ModelInfo> models;
    for (const auto& [id, model] : workspace().openModels())
        models.push_back(model->info());
    const auto asked = models.empty() || !obstacle().isEmpty() ? std::nullopt : request();
    if (!asked)
        return {};
    const auto text = requestText(originOf<Q>(models, *input(), *asked));
    return QString::fromStdString(Q::command(text, "the window") + " -o " + Q::kind + ".h5");
}

template <class Q>
std::vector<SavedColumn> Board<Q>::read(const ResultReader& reader) {
    std::vector<SavedColumn> columns;
    for (const auto& result : readResults<Q>(reader)) {
        auto source = savedSource(reader, columns.size(), Q::tokens(Input{}));
        describe(reader, *result, source);
        const auto input = inputOf(source);
        columns.push_back(
            {std::make_shared<const SavedSource>(std::move(source)),
             [this, result, input, created = reader.created()](int columnId) {
                 show(columnId, AnswerState::Complete, {{result, created, false, {}}, input});
                 entered(columnId);
             }});
    }
    return columns;
}

} // namespace residuum
