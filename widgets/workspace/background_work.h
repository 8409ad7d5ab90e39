// Work beside the GUI thread, which never waits for it.
#pragma once

#include "widgets/workspace/handover.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace residuum {

/// GUI thread only. Work runs in the order given, on one thread that is not the engine's: writing
/// files and drawing must not wait for a long computation. The destructor waits.
class BackgroundWork : public QObject {
    Q_OBJECT

  public:
    explicit BackgroundWork(QObject* parent = nullptr);
    ~BackgroundWork() override;

    /// `work` may throw; `done` is called on the GUI thread with the sentence of what it threw, ""
    /// where all went well, unless this is gone by then.
    void run(std::function<void()> work, std::function<void(const QString& problem)> done);
    /// Until everything that was given is done.
    void wait();
    /// Whether something is not done, or its `done` not called yet.
    bool busy() const { return pending_ > 0; }

  private:
    void workOn(const std::stop_token& stop);

    int pending_ = 0; ///< GUI thread
    Handover toGui_;
    std::mutex mutex_;
    std::condition_variable_any changed_; ///< something was given or is done
    std::deque<std::function<void()>> waiting_;
    bool isWorking_ = false;
    std::jthread thread_; ///< last: ended before what it uses goes
};

} // namespace residuum
