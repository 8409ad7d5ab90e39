#include "widgets/workspace/engine.h"

#include "core/task/error.h"
#include "support/waiting.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QThread>

#include <gtest/gtest.h>

#include <atomic>

namespace residuum {
namespace {

using test::waitFor;

/// Works until it is cancelled.
Job endless(std::atomic<bool>& started) {
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

TEST(Engine, RunsJobsOnItsThreadAndDeliversOnThisOne) {
    Engine engine;
    std::thread::id worked, delivered;
    engine.submit(
        QStringLiteral("a"),
        [&](Progress&) -> Delivery {
            worked = std::this_thread::get_id();
            return [&] { delivered = std::this_thread::get_id(); };
        },
        fails());
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    EXPECT_EQ(worked, engine.threadId());
    EXPECT_NE(worked, std::this_thread::get_id());
    EXPECT_EQ(delivered, std::this_thread::get_id());
}

TEST(Engine, NewerJobOfAChannelCancelsTheOlder) {
    Engine engine;
    std::atomic<bool> started = false;
    int delivered = 0;
    engine.submit(QStringLiteral("a"), endless(started), fails());
    ASSERT_TRUE(waitFor([&] { return started.load(); }));
    for (int i = 1; i <= 3; ++i)
        engine.submit(
            QStringLiteral("a"),
            [&delivered, i](Progress&) -> Delivery {
                return [&delivered, i] { delivered = 10 * delivered + i; };
            },
            fails());
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    EXPECT_EQ(delivered, 3) << "only the newest result arrives";
}

TEST(Engine, ChannelsDoNotDisturbEachOther) {
    Engine engine;
    int sum = 0;
    for (const auto* channel : {"a", "b", "c"})
        engine.submit(
            QString::fromLatin1(channel), [&](Progress&) -> Delivery { return [&] { ++sum; }; },
            fails());
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    EXPECT_EQ(sum, 3);
}

TEST(Engine, WhatACancelledJobHasPublishedNeverArrives) {
    Engine engine;
    std::atomic<int> published = 0;
    int arrived = 0;
    const auto publishing = [&](Progress& progress, const Publish& publish) -> Delivery {
        for (int i = 0; i < 3; ++i, ++published)
            publish([&] { ++arrived; });
        while (true)
            progress.check();
    };
    engine.submit(QStringLiteral("a"), PublishingJob(publishing), fails());
    ASSERT_TRUE(waitFor([&] { return arrived == 3; }));
    engine.submit(QStringLiteral("a"), PublishingJob(publishing), fails());
    while (published < 6) // posted, and not delivered yet
        QThread::msleep(1);
    engine.cancel(QStringLiteral("a"));
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    EXPECT_EQ(arrived, 3);
}

TEST(Engine, CancelsEverythingOfAnOwner) {
    Engine engine;
    std::atomic<bool> started = false;
    QStringList done;
    const auto says = [&](const QString& name) -> Job {
        return [&done, name](Progress&) -> Delivery { return [&done, name] { done << name; }; };
    };
    engine.submit({QStringLiteral("a"), 1}, endless(started), fails());
    ASSERT_TRUE(waitFor([&] { return started.load(); }));
    engine.submit({QStringLiteral("b"), 1}, says(QStringLiteral("b of 1")), fails());
    engine.submit({QStringLiteral("b"), 2}, says(QStringLiteral("b of 2")), fails());
    engine.submit(QStringLiteral("b"), says(QStringLiteral("b")), fails());
    engine.cancelAllOf(1);
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    EXPECT_EQ(done, (QStringList{QStringLiteral("b of 2"), QStringLiteral("b")}));
}

TEST(Engine, FailuresBecomeOneSentence) {
    Engine engine;
    QStringList sentences;
    const auto collect = [&](const QString& sentence) { sentences << sentence; };
    engine.submit(
        QStringLiteral("a"), [](Progress&) -> Delivery { throw Error("file", "is odd"); }, collect);
    engine.submit(
        QStringLiteral("b"),
        [](Progress&) -> Delivery { throw std::runtime_error("first line\nbacktrace"); }, collect);
    engine.submit(
        QStringLiteral("c"), [](Progress&) -> Delivery { throw std::bad_alloc(); }, collect);
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    ASSERT_EQ(sentences.size(), 3);
    EXPECT_EQ(sentences[0], QStringLiteral("file: is odd"));
    EXPECT_TRUE(sentences[1].startsWith(QStringLiteral("internal error")));
    EXPECT_FALSE(sentences[1].contains(QStringLiteral("first line"))) << "another program's words";
    EXPECT_TRUE(sentences[2].contains(QStringLiteral("memory")));
}

TEST(Engine, ReportsProgressAndBusyness) {
    Engine engine;
    QSignalSpy busy(&engine, &Engine::busyChanged), progressed(&engine, &Engine::progressed);
    engine.submit(
        QStringLiteral("a"),
        [](Progress& progress) -> Delivery {
            progress.begin("stage", 2);
            progress.advance(2);
            return [] {};
        },
        fails());
    ASSERT_TRUE(waitFor([&] { return !engine.busy(); }));
    ASSERT_EQ(busy.size(), 2);
    ASSERT_GE(progressed.size(), 2);
    EXPECT_EQ(progressed.first().at(0).toString(), QStringLiteral("stage"));
    EXPECT_EQ(progressed.last().at(1).toDouble(), 1.0);
}

TEST(Engine, DestructorCancelsAndWaits) {
    std::atomic<bool> started = false;
    {
        Engine engine;
        engine.submit(QStringLiteral("a"), endless(started), fails());
        engine.submit(QStringLiteral("b"), endless(started), fails());
        ASSERT_TRUE(waitFor([&] { return started.load(); }));
    }
    QCoreApplication::processEvents();
}

} // namespace
} // namespace residuum
