// Work beside the GUI thread, which never waits for it.
#pragma once

#include "widgets/workspace/handover.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <functional>

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
    void wait() { pool_.waitForDone(); }
    /// Whether something is not done, or its `done` not called yet.
    bool busy() const { return pending_ > 0; }

  private:
    int pending_ = 0; ///< GUI thread
    Handover toGui_;
    QThreadPool pool_;
};

} // namespace residuum
