// The one thread that computes. It owns all use of LibTorch; the GUI thread never waits for it.
#pragma once

#include "core/task/progress.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace residuum {

/// What a job leaves to be done on the GUI thread with its result; not run once the job is stale.
using Delivery = std::function<void()>;
/// Runs on the engine thread.
using Job = std::function<Delivery(Progress&)>;
/// Takes the one sentence of a failed job, on the GUI thread.
using Failure = std::function<void(const QString& sentence)>;

/// GUI thread only. Jobs run one after the other; a job cancels whatever is queued or running on
/// the same channel. The destructor cancels and waits.
class Engine : public QObject {
    Q_OBJECT

  public:
    explicit Engine(QObject* parent = nullptr);
    ~Engine() override;

    void submit(const QString& channel, Job job, Failure failure);
    void cancel(const QString& channel);
    void cancelAll();
    /// Whether a job is queued, running, or done but not delivered.
    bool busy() const { return pending_ > 0; }
    /// The thread that jobs run on.
    std::thread::id threadId() const { return threadId_; }

  Q_SIGNALS:
    void busyChanged(bool busy);
    /// `secondsLeft` is negative until it can be estimated.
    void progressed(const QString& stage, double fraction, double secondsLeft);

  private:
    struct Entry {
        QString channel;
        std::uint64_t generation = 0;
        Job job;
        Failure failure;
        std::stop_source stop;
    };

    void work(const std::stop_token& end);
    void runEntry(const std::shared_ptr<Entry>& entry);
    void deliver(const std::shared_ptr<Entry>& entry, const Delivery& delivery);
    void finishOne();
    bool isCurrent(const Entry& entry) const;

    std::map<QString, std::uint64_t> generations_; ///< newest per channel; GUI thread
    int pending_ = 0;                              ///< GUI thread
    std::mutex mutex_;                             ///< of the two below
    std::condition_variable_any wake_;
    std::deque<std::shared_ptr<Entry>> queue_;
    std::shared_ptr<Entry> running_;
    std::thread::id threadId_;
    std::jthread thread_; ///< last: starts when everything else is there
};

} // namespace residuum
