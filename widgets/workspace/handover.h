// From the threads that compute and write to the GUI thread.
#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <mutex>

namespace residuum {

/// What other threads hand over is done on its own thread, in their order, one by one between that
/// thread's events. What is left when it is destroyed is never done.
class Handover : public QObject {
    Q_OBJECT

  public:
    explicit Handover(QObject* parent = nullptr);

    /// From any thread.
    void hand(std::function<void()> what);

  Q_SIGNALS:
    void handed();

  private:
    void doNext();

    std::mutex mutex_;
    std::deque<std::function<void()>> waiting_;
};

} // namespace residuum
