#include "widgets/workspace/engine.h"

#include "core/task/error.h"
#include "support/waiting.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QThread>

#include <gtest/gtest.h>

#include <atomic>
#include <random>

namespace residuum {
namespace {

using test::waitFor;

/// Works until it is cancelled.
Work endless(std::atomic<bool>& started) {
    return [&started](Progress& progress) -> Delivery {
        started = true;
        while (true) {
            progress.check();
            QThread::usleep(200);
        }
    };
}

Failure fails() {
    return [](const QString& sentence) { ADD_FAILURE() << sentence.toStdString(); };
}

class EngineTest : public ::testing::Test {
  protected:
    bool settle() {
        return waitFor([this] { return !engine.busy(); });
    }
    /// Notes its name when it is delivered.
    Work says(const QString& name) {
        return [this, name](Progress&) -> Delivery { return [this, name] { done << name; }; };
    }
    /// Works on until `released`, then notes its name.
    Work longWork(const QString& name, int stopsBy = 1) {
        return [this, name, stopsBy](Progress& progress) -> Delivery {
            progress.begin(name.toStdString(), 100);
            ++running;
            while (released < stopsBy) {
                progress.check();
                QThread::usleep(100);
            }
            progress.advance(100);
            return [this, name] { done << name; };
        };
    }

    const Purpose a{Lane::Prompt}, b{Lane::Prompt}, c{Lane::Prompt};
    const Purpose detail{Lane::Detail}, sweep{Lane::Sweep};
    QStringList done;
    std::atomic<int> running = 0, released = 0;
    Engine engine; ///< last: stopped before what its work uses goes
};

TEST_F(EngineTest, WorksOnItsThreadAndDeliversOnThisOne) {
    std::thread::id worked, delivered;
    engine.submit(
        a,
        [&](Progress&) -> Delivery {
            worked = std::this_thread::get_id();
            return [&] { delivered = std::this_thread::get_id(); };
        },
        fails());
    ASSERT_TRUE(settle());
    EXPECT_EQ(worked, engine.threadId());
    EXPECT_NE(worked, std::this_thread::get_id());
    EXPECT_EQ(delivered, std::this_thread::get_id());
}

TEST_F(EngineTest, NewerWorkOfAChannelCancelsTheOlder) {
    std::atomic<bool> started = false;
    int delivered = 0;
    engine.submit(a, endless(started), fails());
    ASSERT_TRUE(waitFor([&] { return started.load(); }));
    for (int i = 1; i <= 3; ++i)
        engine.submit(
            a,
            [&delivered, i](Progress&) -> Delivery {
                return [&delivered, i] { delivered = 10 * delivered + i; };
            },
            fails());
    ASSERT_TRUE(settle());
    EXPECT_EQ(delivered, 3) << "only the newest result arrives";
}

TEST_F(EngineTest, ChannelsDoNotDisturbEachOther) {
    int sum = 0;
    for (const auto* purpose : {&a, &b, &c})
        engine.submit(
            *purpose, [&](Progress&) -> Delivery { return [&] { ++sum; }; }, fails());
    ASSERT_TRUE(settle());
    EXPECT_EQ(sum, 3);
}

TEST_F(EngineTest, WhatCancelledWorkHasPublishedNeverArrives) {
    std::atomic<int> published = 0;
    int arrived = 0;
    const auto publishing = [&](Progress& progress, const Publish& publish) -> Delivery {
        for (int i = 0; i < 3; ++i, ++published)
            publish([&] { ++arrived; });
        while (true)
            progress.check();
    };
    engine.submit(a, PublishingWork(publishing), fails());
    ASSERT_TRUE(waitFor([&] { return arrived == 3; }));
    engine.submit(a, PublishingWork(publishing), fails());
    while (published < 6) // posted, and not delivered yet
        QThread::msleep(1);
    engine.cancel(a);
    ASSERT_TRUE(settle());
    EXPECT_EQ(arrived, 3);
}

TEST_F(EngineTest, CancelsEverythingOfAnOwner) {
    std::atomic<bool> started = false;
    engine.submit({a, 1}, endless(started), fails());
    ASSERT_TRUE(waitFor([&] { return started.load(); }));
    engine.submit({b, 1}, says(QStringLiteral("b of 1")), fails());
    engine.submit({sweep, 1}, says(QStringLiteral("sweep of 1")), fails());
    engine.submit({b, 2}, says(QStringLiteral("b of 2")), fails());
    engine.submit(b, says(QStringLiteral("b")), fails());
    engine.cancelAllOf(1);
    ASSERT_TRUE(settle());
    EXPECT_EQ(done, (QStringList{QStringLiteral("b of 2"), QStringLiteral("b")}));
}

TEST_F(EngineTest, CancelsEverythingForAPurpose) {
    std::atomic<bool> started = false;
    engine.submit({a, 1}, endless(started), fails());
    ASSERT_TRUE(waitFor([&] { return started.load(); }));
    engine.submit({a, 2}, says(QStringLiteral("a of 2")), fails());
    engine.submit({b, 2}, says(QStringLiteral("b of 2")), fails());
    engine.cancelAllFor(a);
    ASSERT_TRUE(settle());
    EXPECT_EQ(done, QStringList{QStringLiteral("b of 2")});
}

TEST_F(EngineTest, WhatIsNearerGoesFirstInAQueue) {
    engine.submit(a, longWork(QStringLiteral("first")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit(sweep, says(QStringLiteral("sweep")), fails());
    engine.submit(detail, says(QStringLiteral("detail")), fails());
    engine.submit({detail, 1}, says(QStringLiteral("detail of 1")), fails());
    engine.submit(b, says(QStringLiteral("b")), fails());
    released = 1;
    ASSERT_TRUE(settle());
    EXPECT_EQ(done.join(QStringLiteral(", ")),
              QStringLiteral("first, b, detail, detail of 1, sweep"));
}

TEST_F(EngineTest, ShortWorkGoesFirstWhileLongWorkIsDone) {
    engine.submit(sweep, longWork(QStringLiteral("sweep")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit({sweep, 1}, says(QStringLiteral("another sweep")), fails());
    engine.submit(a, says(QStringLiteral("a")), fails());
    ASSERT_TRUE(waitFor([&] { return !done.empty(); })) << "the sweep goes on for ever";
    EXPECT_EQ(done, QStringList{QStringLiteral("a")}) << "one sweep does not interrupt another";
    released = 1;
    ASSERT_TRUE(settle());
    EXPECT_EQ(done.join(QStringLiteral(", ")), QStringLiteral("a, sweep, another sweep"));
}

TEST_F(EngineTest, YieldsFromLaneToLane) {
    engine.submit(sweep, longWork(QStringLiteral("sweep"), 2), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit(detail, longWork(QStringLiteral("detail"), 1), fails());
    ASSERT_TRUE(waitFor([&] { return running == 2; }));
    engine.submit(a, says(QStringLiteral("a")), fails());
    ASSERT_TRUE(waitFor([&] { return !done.empty(); }));
    released = 1;
    ASSERT_TRUE(waitFor([&] { return done.size() == 2; }));
    released = 2;
    ASSERT_TRUE(settle());
    EXPECT_EQ(done.join(QStringLiteral(", ")), QStringLiteral("a, detail, sweep"));
}

TEST_F(EngineTest, WhatIsLeftAfterPublishingWaitsForWhatOthersPublish) {
    const Purpose shown{Lane::Prompt, Lane::Detail};
    const auto publishing = [&](const QString& name) -> PublishingWork {
        return [this, name](Progress& progress, const Publish& publish) -> Delivery {
            publish([this, name] { done << name; });
            progress.check();
            return [this, name] { done << QStringLiteral("rest of ") + name; };
        };
    };
    engine.submit(a, longWork(QStringLiteral("a")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit(sweep, says(QStringLiteral("sweep")), fails());
    engine.submit({shown, 1}, publishing(QStringLiteral("one")), fails());
    engine.submit({shown, 2}, publishing(QStringLiteral("two")), fails());
    released = 1;
    ASSERT_TRUE(settle());
    EXPECT_EQ(done.join(QStringLiteral(", ")),
              QStringLiteral("a, one, two, rest of two, rest of one, sweep"));
}

TEST_F(EngineTest, FailureAndCancellationOfWhatGoesFirstAreItsOwn) {
    engine.submit(sweep, longWork(QStringLiteral("sweep")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    QString said;
    engine.submit(
        a, [](Progress&) -> Delivery { throw Error("file", "is odd"); },
        [&](const QString& sentence) { said = sentence; });
    ASSERT_TRUE(waitFor([&] { return !said.isEmpty(); }));
    engine.submit(b, longWork(QStringLiteral("b")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 2; }));
    engine.cancel(b);
    engine.submit(c, says(QStringLiteral("c")), fails());
    ASSERT_TRUE(waitFor([&] { return !done.empty(); }));
    released = 1;
    ASSERT_TRUE(settle());
    EXPECT_EQ(said, QStringLiteral("file: is odd"));
    EXPECT_EQ(done.join(QStringLiteral(", ")), QStringLiteral("c, sweep"));
}

TEST_F(EngineTest, LongWorkCanBeCancelledWhileOtherWorkGoesFirst) {
    engine.submit({sweep, 1}, longWork(QStringLiteral("sweep"), 2), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit(a, longWork(QStringLiteral("a"), 1), fails());
    ASSERT_TRUE(waitFor([&] { return running == 2; }));
    engine.cancelAllOf(1);
    released = 1; // not enough for the sweep
    ASSERT_TRUE(settle());
    EXPECT_EQ(done, QStringList{QStringLiteral("a")});
}

TEST_F(EngineTest, WhatCancelledWorkHoldsIsLetGoWhileLongWorkIsDone) {
    engine.submit(sweep, longWork(QStringLiteral("sweep")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = held;
    engine.submit(
        {sweep, 7},
        [held = std::move(held)](Progress&) -> Delivery {
            ADD_FAILURE() << *held;
            return [] {};
        },
        fails());
    engine.cancelAllOf(7);
    EXPECT_TRUE(waitFor([&] { return watched.expired(); }));
    EXPECT_TRUE(done.empty());
    released = 1;
    ASSERT_TRUE(settle());
}

TEST_F(EngineTest, TheProgressShownIsOfTheWorkBeingDone) {
    QStringList stages;
    QObject::connect(&engine, &Engine::progressed, [&](const QString& stage) { stages << stage; });
    engine.submit(sweep, longWork(QStringLiteral("sweep")), fails());
    ASSERT_TRUE(waitFor([&] { return running == 1; }));
    engine.submit(a, longWork(QStringLiteral("a"), 0), fails());
    ASSERT_TRUE(waitFor([&] { return done.size() == 1; }));
    ASSERT_TRUE(waitFor([&] { return stages.last() == QStringLiteral("sweep"); }))
        << "the sweep may be long silent by itself";
    EXPECT_EQ(stages.filter(QStringLiteral("a")).size(), 2);
    released = 1;
    ASSERT_TRUE(settle());
}

TEST_F(EngineTest, CancelledAtAnyMomentNothingArrivesLate) {
    std::minstd_rand random(12);
    for (int moment = 0; moment < 20; ++moment) {
        std::atomic<bool> cancelled = false;
        int late = 0;
        const auto arrives = [&] { late += cancelled ? 1 : 0; };
        const auto publishing = [&](Progress& progress, const Publish& publish) -> Delivery {
            progress.begin("work", 30);
            for (int i = 0; i < 30; ++i) {
                publish(arrives);
                progress.advance();
                QThread::usleep(50);
            }
            return arrives;
        };
        for (const auto* purpose : {&sweep, &detail, &a})
            engine.submit(*purpose, PublishingWork(publishing), [&](const QString&) { arrives(); });
        const auto pause = random() % 8000;
        QElapsedTimer clock;
        clock.start();
        while (clock.nsecsElapsed() < static_cast<qint64>(pause) * 1000)
            QCoreApplication::processEvents();
        QThread::usleep(random() % 1000); // things arrive that nobody has looked at
        engine.cancelAll();
        cancelled = true;
        ASSERT_TRUE(settle());
        EXPECT_EQ(late, 0) << "moment " << moment << ", after " << pause << " µs";
    }
}

TEST_F(EngineTest, FailuresBecomeOneSentence) {
    QStringList sentences;
    const auto collect = [&](const QString& sentence) { sentences << sentence; };
    engine.submit(
        a, [](Progress&) -> Delivery { throw Error("file", "is odd"); }, collect);
    engine.submit(
        b, [](Progress&) -> Delivery { throw std::runtime_error("first line\nbacktrace"); },
        collect);
    engine.submit(
        c, [](Progress&) -> Delivery { throw std::bad_alloc(); }, collect);
    ASSERT_TRUE(settle());
    ASSERT_EQ(sentences.size(), 3);
    EXPECT_EQ(sentences[0], QStringLiteral("file: is odd"));
    EXPECT_TRUE(sentences[1].startsWith(QStringLiteral("internal error")));
    EXPECT_FALSE(sentences[1].contains(QStringLiteral("first line"))) << "another program's words";
    EXPECT_TRUE(sentences[2].contains(QStringLiteral("memory")));
}

TEST_F(EngineTest, ReportsProgressAndBusyness) {
    QSignalSpy busy(&engine, &Engine::busyChanged), progressed(&engine, &Engine::progressed);
    engine.submit(
        a,
        [](Progress& progress) -> Delivery {
            progress.begin("stage", 2);
            progress.advance(2);
            return [] {};
        },
        fails());
    ASSERT_TRUE(settle());
    ASSERT_EQ(busy.size(), 2);
    ASSERT_GE(progressed.size(), 2);
    EXPECT_EQ(progressed.first().at(0).toString(), QStringLiteral("stage"));
    EXPECT_EQ(progressed.last().at(1).toDouble(), 1.0);
}

TEST_F(EngineTest, DestructorCancelsAndWaits) {
    std::atomic<bool> started = false;
    {
        Engine own;
        own.submit(sweep, longWork(QStringLiteral("sweep")), fails());
        ASSERT_TRUE(waitFor([&] { return running == 1; }));
        own.submit(a, endless(started), fails());
        own.submit(b, endless(started), fails());
        ASSERT_TRUE(waitFor([&] { return started.load(); })) << "before the sweep";
    }
    QCoreApplication::processEvents();
    EXPECT_TRUE(done.empty());
}

} // namespace
} // namespace residuum
