// How a board has its columns answered; the rest of board.h.
#pragma once

#include "widgets/workspace/board.h"

namespace residuum {

template <class Q>
void Board<Q>::ask(const Purpose& purpose, int columnId, const Asked& asked, Taking taking,
                   Turn turn) {
    // What is prepared is for one lane.
    const auto prepared = purpose.lane() == answering_.lane() ? slots_[columnId].prepared : nullptr;
    auto failing = taking.failed ? taking.failed : [this, columnId](const QString& sentence) {
        failed(columnId, sentence);
    };
    workspace().engine().submit(
        {purpose, columnId},
        [this, asked, taking = std::move(taking), model = modelOf(columnId),
         cache = workspace().cache(), memory = memory(), position = workspace().state().position,
         prepared, turn = std::move(turn)](Progress& progress, const Publish& publish) -> Delivery {
            Found found;
            found.input = asked.input ? asked.input : asked.read(*model, progress);
            Job<Result> job(progress);
            job.memory = memory;
            job.prepared = prepared.get();
            job.begun = turn.begun;
            job.pauses = turn.pauses;
            if (taking.partial) {
                job.position = position;
                job.publish = [&](std::shared_ptr<const Result> sofar) {
                    publish([partial = taking.partial,
                             part = Found{{sofar, {}, false, {}}, found.input}] { partial(part); });
                };
            }
            const auto computed = [&](const Answer<Result>& answer) {
                publish([take = taking.whole, whole = Found{answer, found.input}] { take(whole); });
            };
            try {
                found.answer = residuum::answer<Q>(cache.get(), asked.use, *model, *found.input,
                                                   asked.request, job, computed);
            } catch (const Paused&) {
                return turn.paused;
            }
            return [this, take = taking.whole, found, isNew = asked.input == nullptr] {
                if (isNew)
                    for (const auto& warning : warningsOf(*found.input))
                        Q_EMIT workspace().message(QString::fromStdString(warning));
                if (!found.answer.warning.empty())
                    Q_EMIT workspace().message(QString::fromStdString(found.answer.warning));
                if (found.answer.fromCache)
                    take(found);
            };
        },
        std::move(failing));
}

/// What was asked before is asked again: whether its answer is there.
template <class Q>
bool Board<Q>::showBefore(int columnId, Slot& slot, const Asked& asked) {
    if (again_ || !slot.before || !slot.before->asked.isSame(asked))
        return false;
    const auto known = *std::exchange(slot.before, std::nullopt);
    remember(slot);
    outdated(columnId);
    cancel(columnId);
    slot.asked = asked;
    slot.shown = known.answer;
    return true;
}

template <class Q>
void Board<Q>::begin(int columnId, Slot& slot, Asked asked) {
    if (showBefore(columnId, slot, asked))
        return;
    remember(slot);
    outdated(columnId);
    if (again_)
        asked.use = CacheUse::WriteOnly;
    slot.asked = asked;
    cancel(columnId);
    slot.shown.sentence.clear();
    askTurn(answering_, columnId, asked);
}

template <class Q>
void Board<Q>::askTurn(const Purpose& purpose, int columnId, const Asked& asked) {
    auto next = turn(columnId, asked);
    shown(columnId).state = next.begun ? AnswerState::Partial : AnswerState::Waiting;
    ask(purpose, columnId, asked,
        {[this, columnId](const Found& found) {
             show(columnId, AnswerState::Complete, found);
             received(columnId);
             Q_EMIT changed();
         },
         [this, columnId](const Found& sofar) {
             show(columnId, AnswerState::Partial, sofar);
             Q_EMIT changed();
         }},
        std::move(next));
}

template <class Q>
void Board<Q>::beginCancelled() {
    for (auto& [id, slot] : slots_)
        if (slot.shown.state == AnswerState::Cancelled)
            slot.asked.reset();
    update();
}

template <class Q>
bool Board<Q>::retire(int columnId, Slot& slot, AnswerState state) {
    if (!slot.asked && slot.shown.state == state && slot.shown.sentence.isEmpty())
        return false;
    remember(slot);
    cancel(columnId);
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
    std::uint64_t bytes = 0;
    for (const auto& result : results)
        bytes += Q::bytes(result->model, *input(), *request());
    if (bytes > announcedBytes)
        Q_EMIT workspace().message(
            tr("%1 will take %2 GB.").arg(file).arg(static_cast<double>(bytes) / 1e9, 0, 'f', 1));
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
