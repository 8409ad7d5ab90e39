#include "widgets/workspace/background_files.h"

#include <exception>

namespace residuum {

BackgroundFiles::BackgroundFiles(QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
}

BackgroundFiles::~BackgroundFiles() {
    pool_.waitForDone();
}

void BackgroundFiles::run(std::function<void()> work, std::function<void(const QString&)> done) {
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
