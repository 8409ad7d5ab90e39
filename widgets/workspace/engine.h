// The one thread that computes. It owns all use of LibTorch; the GUI thread never waits for it.
#pragma once

#include "core/task/progress.h"
#include "widgets/workspace/handover.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace residuum {

/// How near work is to what the user looks at; what is nearer goes first.
enum class Lane {
    Prompt, ///< opening, and what is shown of a prompt first
    Detail, ///< what is shown of a thing that was chosen
    Sweep   ///< what takes its time
};

/// What work is for. Who uses the engine has its own, as members: they are told apart as objects.
class Purpose {
  public:
    explicit Purpose(Lane lane) : Purpose(lane, lane) {}
    /// `rest`: the lane of what is left of work that has published something.
    Purpose(Lane lane, Lane rest) : lane_(lane), rest_(rest) {}
    Purpose(const Purpose&) = delete;
    Purpose& operator=(const Purpose&) = delete;

    Lane lane() const { return lane_; }
    Lane rest() const { return rest_; }

  private:
    Lane lane_, rest_;
};

/// Work that newer work replaces: what it is for, and of whom (a column of the document).
struct Channel {
    static constexpr int nobody = -1;

    Channel(const Purpose& what, int of = nobody) : purpose(&what), owner(of) {}
    Channel(const Purpose&&, int = nobody) = delete;

    const Purpose* purpose;
    int owner;

    friend bool operator==(const Channel& a, const Channel& b) = default;
};

/// What work leaves to be done on the GUI thread with its result; not run once it is cancelled.
using Delivery = std::function<void()>;
/// Runs on the engine thread.
using Work = std::function<Delivery(Progress&)>;
/// Hands over what there is so far, as a delivery hands over the whole.
using Publish = std::function<void(Delivery)>;
/// Work that publishes parts of its result. Runs on the engine thread.
using PublishingWork = std::function<Delivery(Progress&, const Publish&)>;
/// Takes the one sentence of failed work, on the GUI thread.
using Failure = std::function<void(const QString& sentence)>;

/// GUI thread only. Work is done nearest lane first, within a lane in the order given, one after
/// the other; but where it checks its progress, work of a nearer lane goes first. So what two
/// pieces of work share and change, they share within one lane only. Work cancels whatever is
/// queued or running on the same channel. What cancelled work delivers or has published never
/// arrives. The destructor cancels and waits.
class Engine : public QObject {
    Q_OBJECT

  public:
    explicit Engine(QObject* parent = nullptr);
    ~Engine() override;

    void submit(const Channel& channel, Work work, Failure failure);
    void submit(const Channel& channel, PublishingWork work, Failure failure);
    void cancel(const Channel& channel);
    /// Every channel of an owner.
    void cancelAllOf(int owner);
    /// Every channel of a purpose.
    void cancelAllFor(const Purpose& purpose);
    void cancelAll();
    /// Whether something is queued, running, or done but not delivered.
    bool busy() const { return !entries_.empty(); }
    /// The thread that works.
    std::thread::id threadId() const { return threadId_; }

  Q_SIGNALS:
    void busyChanged(bool busy);
    /// Of the work that is being done. `secondsLeft` is negative until it can be estimated.
    void progressed(const QString& stage, double fraction, double secondsLeft);

  private:
    struct Entry {
        Channel channel;
        Lane lane, rest;     ///< engine thread, once it is queued
        PublishingWork work; ///< engine thread, once it is queued
        Failure failure;
        std::stop_source stop; ///< stopped on the GUI thread only
    };
    using EntryPointer = std::shared_ptr<Entry>;

    void work(const std::stop_token& end);
    EntryPointer takeNearerThan(std::optional<Lane> lane);
    bool doNearerThan(Lane lane);
    void run(const EntryPointer& entry);
    /// `then` on the GUI thread, unless the entry is cancelled by then.
    void post(const EntryPointer& entry, Delivery then);
    void finish(const EntryPointer& entry);
    template <class Which>
    void cancelWhere(const Which& which);

    std::vector<EntryPointer> entries_; ///< what is not finished; GUI thread
    Handover toGui_;
    std::mutex mutex_; ///< of the queue
    std::condition_variable_any wake_;
    std::deque<EntryPointer>
        queue_; ///< cancelled ones too: the engine thread lets go of their work
    std::thread::id threadId_;
    std::jthread thread_; ///< last: starts when everything else is there
};

} // namespace residuum
