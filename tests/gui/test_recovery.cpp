// Sessions that the program kept by itself: nothing is lost, nothing hidden.
#include "window_fixture.h"

#include <QMenu>
#include <QStatusBar>

#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

/// Sessions of other windows, found at the start.
class RecoveryTest : public WindowTest {
  protected:
    RecoveryTest() { stateFolder = folder.path() / "state"; }

    void closeAndForget() {
        window->close();
        window.reset();
    }
    /// A session of one model and a prompt of its own, `minutes` old.
    void leave(const std::string& name, const std::string& text, int minutes) {
        const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
        Session session;
        session.models = {"demo:original"};
        session.prompt = {text, tokenizer->encode(text), false};
        fs::create_directories(stateFolder);
        std::ofstream(stateFolder / name) << toText(session);
        fs::last_write_time(stateFolder / name,
                            fs::file_time_type::clock::now() - std::chrono::minutes(minutes));
    }
    QString prompt() { return workspace().state().prompt.text; }
    std::vector<std::string> keptTexts() const {
        std::vector<std::string> texts;
        for (const auto& kept : Autosave::kept(stateFolder))
            texts.push_back(kept.session.prompt.text);
        return texts;
    }
    QString statusShown() { return window->statusBar()->currentMessage(); }
};

TEST_F(RecoveryTest, AProcessNumberAloneIsNobodysName) {
    // In a container every start has the same number; elsewhere another program gets it.
    const std::vector<std::string> names{std::to_string(::getpid()), "1",
                                         std::to_string(::getpid()) + "-1-00000000",
                                         "1-1-ffffffff"};
    for (const auto& name : names) {
        leave("running-" + name + ".residuum", "Mary went to", 5);
        openWindow();
        ASSERT_TRUE(settle());
        EXPECT_EQ(prompt(), QStringLiteral("Mary went to")) << name;
        EXPECT_TRUE(statusShown().contains(QStringLiteral("ended unexpectedly")));
        EXPECT_TRUE(fs::exists(ownRunningFile())) << "at no time is it on no disk";
        window.reset();
        fs::remove_all(stateFolder);
    }
}

TEST_F(RecoveryTest, AWindowThatIsOpenIsLeftAlone) {
    openWindow();
    ASSERT_TRUE(settle());
    leave(ownRunningFile().filename().string(), "Mary went to", 0);
    EXPECT_TRUE(keptTexts().empty());
}

TEST_F(RecoveryTest, TheNewestWinsAndTheOthersAreKept) {
    leave("running-999999.residuum", "old and left", 2880);
    leave("last.residuum", "newer and closed", 1);
    openWindow();
    ASSERT_TRUE(settle());
    EXPECT_EQ(prompt(), QStringLiteral("newer and closed"));
    EXPECT_TRUE(statusShown().contains(QStringLiteral("File ▸ Kept sessions")))
        << statusShown().toStdString();
    closeAndForget();
    EXPECT_THAT(keptTexts(), testing::ElementsAre("newer and closed", "old and left"));
}

TEST_F(RecoveryTest, WhatIsRestoredReplacesNothing) {
    leave("running-999999.residuum", "the older left", 10);
    leave("running-999998.residuum", "the newer left", 5);
    leave("last.residuum", "closed before", 20);
    openWindow();
    ASSERT_TRUE(settle());
    EXPECT_EQ(prompt(), QStringLiteral("the newer left"));
    closeAndForget();
    EXPECT_THAT(keptTexts(),
                testing::UnorderedElementsAre("the newer left", "the older left", "closed before"));
}

TEST_F(RecoveryTest, NamedModelsHideNothing) {
    leave("running-999999.residuum", "left", 5);
    leave("last.residuum", "closed before", 20);
    openWindow({"demo:original"});
    ASSERT_TRUE(settle());
    EXPECT_TRUE(prompt().startsWith(QStringLiteral("Then, Mary")));
    EXPECT_TRUE(statusShown().contains(QStringLiteral("ended unexpectedly: 1")))
        << statusShown().toStdString();
    closeAndForget();
    EXPECT_THAT(keptTexts(), testing::UnorderedElementsAre(testing::StartsWith("Then, Mary"),
                                                           "left", "closed before"));
}

TEST_F(RecoveryTest, TheMenuOpensWhatIsKept) {
    leave("running-999999.residuum", "left", 5);
    openWindow({"demo:original"});
    ASSERT_TRUE(settle());
    QMenu* menu = nullptr;
    for (auto* each : window->findChildren<QMenu*>())
        if (each->title() == QStringLiteral("&Kept sessions"))
            menu = each;
    ASSERT_NE(menu, nullptr);
    Q_EMIT menu->aboutToShow();
    ASSERT_TRUE(settle());
    ASSERT_GE(menu->actions().size(), 1);
    EXPECT_TRUE(menu->actions()[0]->text().contains(QStringLiteral("“left” · ended unexpectedly")))
        << menu->actions()[0]->text().toStdString();
    menu->actions()[0]->trigger();
    ASSERT_TRUE(settle());
    EXPECT_EQ(prompt(), QStringLiteral("left"));
    // What was on the screen can be had back.
    EXPECT_THAT(keptTexts(), testing::Contains(testing::StartsWith("Then, Mary")));
}

} // namespace
} // namespace residuum::test
