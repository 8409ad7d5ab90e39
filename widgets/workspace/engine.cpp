#include "widgets/workspace/engine.h"

#include "core/task/error.h"
#include "core/task/message.h"

#include <QMetaObject>

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

void Engine::submit(const Channel& channel, Job job, Failure failure) {
    submit(channel,
           PublishingJob([job = std::move(job)](Progress& progress, const Publish&) -> Delivery {
               return job(progress);
           }),
           std::move(failure));
}

void Engine::submit(const Channel& channel, PublishingJob job, Failure failure) {
    cancel(channel);
    auto entry = std::make_shared<Entry>(
        Entry{channel, ++generations_[channel], std::move(job), std::move(failure), {}});
    if (pending_++ == 0)
        Q_EMIT busyChanged(true);
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(entry));
    wake_.notify_one();
}

/// Cancelled entries stay queued: the engine thread passes over them and reports them done.
template <class Which>
void Engine::cancelWhere(const Which& which) {
    for (auto& [channel, generation] : generations_)
        if (which(channel))
            ++generation;
    const std::lock_guard lock(mutex_);
    for (const auto& entry : queue_)
        if (which(entry->channel))
            entry->stop.request_stop();
    if (running_ && which(running_->channel))
        running_->stop.request_stop();
}

void Engine::cancel(const Channel& channel) {
    cancelWhere([&](const Channel& each) { return each == channel; });
}

void Engine::cancelAllOf(int owner) {
    cancelWhere([&](const Channel& each) { return each.owner == owner; });
}

void Engine::cancelAll() {
    cancelWhere([](const Channel&) { return true; });
}

void Engine::work(const std::stop_token& end) {
    while (true) {
        std::shared_ptr<Entry> entry;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, end, [this] { return !queue_.empty(); }) || end.stop_requested())
                return;
            entry = queue_.front();
            queue_.pop_front();
            running_ = entry;
        }
        runEntry(entry);
        const std::lock_guard lock(mutex_);
        running_.reset();
    }
}

void Engine::runEntry(const std::shared_ptr<Entry>& entry) {
    Progress progress(entry->stop.get_token(), [this, entry](const ProgressReport& report) {
        QMetaObject::invokeMethod(
            this,
            [this, entry, report] {
                if (isCurrent(*entry))
                    Q_EMIT progressed(QString::fromStdString(report.stage), report.fraction,
                                      report.secondsLeft.value_or(-1.0));
            },
            Qt::QueuedConnection);
    });
    Delivery delivery = [] {};
    try {
        progress.check();
        delivery = entry->job(progress, [this, entry](const Delivery& part) {
            QMetaObject::invokeMethod(
                this,
                [this, entry, part] {
                    if (isCurrent(*entry))
                        part();
                },
                Qt::QueuedConnection);
        });
    } catch (const Cancelled&) {
    } catch (const std::exception& error) {
        delivery = [failure = entry->failure, sentence = sentenceOf(error)] { failure(sentence); };
    }
    entry->job = nullptr; // what it holds is let go on the thread that used it
    deliver(entry, delivery);
}

void Engine::deliver(const std::shared_ptr<Entry>& entry, const Delivery& delivery) {
    QMetaObject::invokeMethod(
        this,
        [this, entry, delivery] {
            if (isCurrent(*entry))
                delivery();
            finishOne();
        },
        Qt::QueuedConnection);
}

void Engine::finishOne() {
    if (--pending_ == 0)
        Q_EMIT busyChanged(false);
}

bool Engine::isCurrent(const Entry& entry) const {
    const auto found = generations_.find(entry.channel);
    return found != generations_.end() && found->second == entry.generation;
}

} // namespace residuum
