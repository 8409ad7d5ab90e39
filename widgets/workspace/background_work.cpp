#include "widgets/workspace/background_work.h"

#include <exception>

namespace residuum {

BackgroundWork::BackgroundWork(QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
}

BackgroundWork::~BackgroundWork() {
    pool_.waitForDone();
}

void BackgroundWork::run(std::function<void()> work, std::function<void(const QString&)> done) {
    ++pending_;
    pool_.start([this, work = std::move(work), done = std::move(done)] {
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

} // namespace residuum
