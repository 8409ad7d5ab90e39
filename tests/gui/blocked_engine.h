// An engine that is busy for as long as a test likes.
#pragma once

#include "support/waiting.h"
#include "widgets/workspace/engine.h"

#include <QThread>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace residuum::test {

/// What is submitted waits until it is released, whatever is cancelled. To outlive what the engine
/// does until then.
class BlockedEngine {
  public:
    explicit BlockedEngine(Engine& engine) {
        engine.submit(
            blocking_,
            [begun = begun_, released = released_](Progress&) -> Delivery {
                *begun = true;
                while (!*released)
                    QThread::msleep(1);
                return [] {};
            },
            [](const QString&) {});
        EXPECT_TRUE(waitFor([this] { return begun_->load(); })); // else cancelling would end it
    }
    ~BlockedEngine() { release(); }
    BlockedEngine(const BlockedEngine&) = delete;
    BlockedEngine& operator=(const BlockedEngine&) = delete;

    void release() { *released_ = true; }

  private:
    using Flag = std::shared_ptr<std::atomic<bool>>;

    Flag begun_ = std::make_shared<std::atomic<bool>>(false),
         released_ = std::make_shared<std::atomic<bool>>(false);
    const Purpose blocking_{Lane::Prompt};
};

} // namespace residuum::test
