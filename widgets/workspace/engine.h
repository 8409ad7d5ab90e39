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
#include <tuple>
#include <utility>

namespace residuum {

/// What a job leaves to be done on the GUI thread with its result; not run once the job is stale.
using Delivery = std::function<void()>;
/// Runs on the engine thread.
using Job = std::function<Delivery(Progress&)>;
/// Hands over what a job has got so far, as its delivery hands over the whole.
using Publish = std::function<void(Delivery)>;
/// A job that publishes parts of its result. Runs on the engine thread.
using PublishingJob = std::function<Delivery(Progress&, const Publish&)>;
/// Takes the one sentence of a failed job, on the GUI thread.
using Failure = std::function<void(const QString& sentence)>;

/// Work that newer work replaces: what it is, and of whom (a column of the document).
struct Channel {
    static constexpr int nobody = -1;

    Channel(QString named, int of = nobody) : kind(std::move(named)), owner(of) {}

    QString kind;
    int owner;

    friend bool operator==(const Channel& a, const Channel& b) {
        return a.kind == b.kind && a.owner == b.owner;
    }
    friend bool operator<(const Channel& a, const Channel& b) {
        return std::tie(a.owner, a.kind) < std::tie(b.owner, b.kind);
    }
};

/// GUI thread only. Jobs run one after the other; a job cancels whatever is queued or running on
/// the same channel. What a cancelled job delivers or has published never arrives. The destructor
/// cancels and waits.
class Engine : public QObject {
    Q_OBJECT

  public:
    explicit Engine(QObject* parent = nullptr);
    ~Engine() override;

    void submit(const Channel& channel, Job job, Failure failure);
    void submit(const Channel& channel, PublishingJob job, Failure failure);
    void cancel(const Channel& channel);
    /// Every channel of an owner.
    void cancelAllOf(int owner);
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
        Channel channel;
        std::uint64_t generation = 0;
        PublishingJob job;
        Failure failure;
        std::stop_source stop;
    };

    void work(const std::stop_token& end);
    void runEntry(const std::shared_ptr<Entry>& entry);
    void deliver(const std::shared_ptr<Entry>& entry, const Delivery& delivery);
    template <class Which>
    void cancelWhere(const Which& which);
    void finishOne();
    bool isCurrent(const Entry& entry) const;

    std::map<Channel, std::uint64_t> generations_; ///< newest per channel; GUI thread
    int pending_ = 0;                              ///< GUI thread
    std::mutex mutex_;                             ///< of the two below
    std::condition_variable_any wake_;
    std::deque<std::shared_ptr<Entry>> queue_;
    std::shared_ptr<Entry> running_;
    std::thread::id threadId_;
    std::jthread thread_; ///< last: starts when everything else is there
};

} // namespace residuum
