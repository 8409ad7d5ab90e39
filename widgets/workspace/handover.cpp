#include "widgets/workspace/handover.h"

#include <utility>

namespace residuum {

Handover::Handover(QObject* parent) : QObject(parent) {
    connect(this, &Handover::handed, this, &Handover::doNext, Qt::QueuedConnection);
}

// Qt's own queue would do, but what orders the threads should be seen here, by readers and tools.
void Handover::hand(std::function<void()> what) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(what));
    }
    Q_EMIT handed();
}

void Handover::doNext() {
    std::function<void()> next;
    {
        const std::lock_guard lock(mutex_);
        next = std::move(waiting_.front());
        waiting_.pop_front();
    }
    next();
}

} // namespace residuum
