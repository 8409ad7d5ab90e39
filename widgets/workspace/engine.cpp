#include "widgets/workspace/engine.h"

#include "core/task/error.h"
#include "core/task/message.h"

#include <algorithm>
#include <new>
#include <utility>

namespace residuum {

namespace {

/// One sentence for the user.
QString sentenceOf(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
        return QStringLiteral("There is not enough memory for this; use a shorter prompt or fewer "
                              "models.");
    return QString::fromStdString(messageOf(error));
}

} // namespace

Engine::Engine(QObject* parent)
    : QObject(parent), thread_([this](const std::stop_token& end) { work(end); }) {
    threadId_ = thread_.get_id();
}

Engine::~Engine() {
    cancelAll();
    thread_.request_stop();
    thread_.join();
}

void Engine::submit(const Channel& channel, Work work, Failure failure) {
    submit(channel, PublishingWork([work = std::move(work)](Progress& progress, const Publish&) {
               return work(progress);
           }),
           std::move(failure));
}

void Engine::submit(const Channel& channel, PublishingWork work, Failure failure) {
    cancel(channel);
    entries_.push_back(std::make_shared<Entry>(Entry{channel,
                                                     channel.purpose->lane(),
                                                     channel.purpose->rest(),
                                                     std::move(work),
                                                     std::move(failure),
                                                     {}}));
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(entries_.back());
        wake_.notify_one();
    }
    if (entries_.size() == 1)
        Q_EMIT busyChanged(true);
}

template <class Which>
void Engine::cancelWhere(const Which& which) {
    for (const auto& entry : entries_)
        if (which(entry->channel))
            entry->stop.request_stop();
}

void Engine::cancel(const Channel& channel) {
    cancelWhere([&](const Channel& each) { return each == channel; });
}

void Engine::cancelAllOf(int owner) {
    cancelWhere([&](const Channel& each) { return each.owner == owner; });
}

void Engine::cancelAllFor(const Purpose& purpose) {
    cancelWhere([&](const Channel& each) { return each.purpose == &purpose; });
}

void Engine::cancelAll() {
    cancelWhere([](const Channel&) { return true; });
}

void Engine::work(const std::stop_token& end) {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, end, [this] { return !queue_.empty(); }) || end.stop_requested())
                return;
        }
        run(takeNearerThan(std::nullopt));
    }
}

/// The first of the nearest lane; before that what is cancelled, of any lane, so that it is let go
/// at once. Null: there is none.
Engine::EntryPointer Engine::takeNearerThan(std::optional<Lane> lane) {
    const std::lock_guard lock(mutex_);
    auto next = std::find_if(queue_.begin(), queue_.end(), [](const EntryPointer& entry) {
        return entry->stop.stop_requested();
    });
    if (next == queue_.end())
        next = std::min_element(
            queue_.begin(), queue_.end(),
            [](const EntryPointer& a, const EntryPointer& b) { return a->lane < b->lane; });
    if (next == queue_.end() || (lane && (*next)->lane >= *lane && !(*next)->stop.stop_requested()))
        return nullptr;
    auto entry = *next;
    queue_.erase(next);
    return entry;
}

bool Engine::doNearerThan(Lane lane) {
    bool any = false;
    while (const auto entry = takeNearerThan(lane)) {
        run(entry);
        any = true;
    }
    return any;
}

void Engine::run(const EntryPointer& entry) {
    const Progress::Sink show = [this, entry](const ProgressReport& report) {
        post(entry, [this, report] {
            Q_EMIT progressed(QString::fromStdString(report.stage), report.fraction,
                              report.secondsLeft.value_or(-1.0));
        });
    };
    Delivery delivery = [] {};
    if (!entry->stop.stop_requested()) {
        Progress progress(entry->stop.get_token(), show, std::chrono::milliseconds(50),
                          [this, entry] { return doNearerThan(entry->lane); });
        try {
            delivery = entry->work(progress, [this, entry](Delivery part) {
                post(entry, std::move(part));
                entry->lane = entry->rest;
            });
        } catch (const Cancelled&) {
        } catch (const std::exception& error) {
            delivery = [failure = entry->failure, sentence = sentenceOf(error)] {
                failure(sentence);
            };
        }
    }
    entry->work = nullptr; // what it holds is let go on the thread that used it
    post(entry, std::move(delivery));
    toGui_.hand([this, entry] { finish(entry); });
}

void Engine::post(const EntryPointer& entry, Delivery then) {
    toGui_.hand([entry, then = std::move(then)] {
        if (!entry->stop.stop_requested())
            then();
    });
}

void Engine::finish(const EntryPointer& entry) {
    std::erase(entries_, entry);
    if (entries_.empty())
        Q_EMIT busyChanged(false);
}

} // namespace residuum
