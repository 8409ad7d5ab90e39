#include "widgets/workspace/background_work.h"

#include <exception>
#include <utility>

namespace residuum {

// Qt's thread pool would do, but what orders the threads should be seen here, by readers and tools.
BackgroundWork::BackgroundWork(QObject* parent)
    : QObject(parent), thread_([this](const std::stop_token& stop) { workOn(stop); }) {}

BackgroundWork::~BackgroundWork() {
    wait();
}

void BackgroundWork::run(std::function<void()> work, std::function<void(const QString&)> done) {
    ++pending_;
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back([this, work = std::move(work), done = std::move(done)] {
            QString problem;
            try {
                work();
            } catch (const std::exception& error) {
                problem = QString::fromUtf8(error.what());
            }
            toGui_.hand([this, done, problem] {
                --pending_;
                done(problem);
            });
        });
    }
    changed_.notify_all();
}

void BackgroundWork::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty() && !isWorking_; });
}

void BackgroundWork::workOn(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        isWorking_ = true;
        lock.unlock();
        next();
        next = nullptr; // what it holds goes with it, not with the next one
        lock.lock();
        isWorking_ = false;
        changed_.notify_all();
    }
}

} // namespace residuum
