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

void Engine::submit(const QString& channel, Job job, Failure failure) {
    cancel(channel);
    auto entry = std::make_shared<Entry>();
    entry->channel = channel;
    entry->generation = ++generations_[channel];
    entry->job = std::move(job);
    entry->failure = std::move(failure);
    if (pending_++ == 0)
        Q_EMIT busyChanged(true);
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(entry));
    wake_.notify_one();
}

void Engine::cancel(const QString& channel) {
    ++generations_[channel];
    const std::lock_guard lock(mutex_);
    // Cancelled entries stay queued: the engine thread passes over them and reports them done.
    for (const auto& entry : queue_) {
        if (entry->channel == channel)
            entry->stop.request_stop();
    }
    if (running_ && running_->channel == channel)
        running_->stop.request_stop();
}

void Engine::cancelAll() {
    for (auto& [channel, generation] : generations_)
        ++generation;
    const std::lock_guard lock(mutex_);
    for (const auto& entry : queue_)
        entry->stop.request_stop();
    if (running_)
        running_->stop.request_stop();
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
        delivery = entry->job(progress);
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
