// What the window says and offers while no model is open.
#include "lasting_fixture.h"

#include "app/window/empty_state.h"

#include <QLabel>
#include <QPushButton>

namespace residuum::test {
namespace {

class EmptyWindow : public LastingTest {
  protected:
    EmptyState& empty() { return *window->findChild<EmptyState*>(); }
    QPushButton* button(const QString& text) {
        for (auto* each : empty().findChildren<QPushButton*>())
            if (each->isVisible() && each->text().remove(QLatin1Char('&')) == text)
                return each;
        return nullptr;
    }
    void closeAll() {
        workspace().closeOthers(-1);
        ASSERT_TRUE(waitFor([this] { return button(QStringLiteral("demo:vanilla")) != nullptr; }));
    }
};

TEST_F(EmptyWindow, OffersWhatWasOpenedBeforeAndTheDemoModels) {
    openDemo();
    EXPECT_FALSE(empty().isVisible());
    window->open(QStringLiteral("demo:vanilla")); // by the user, so it is recent
    ASSERT_TRUE(settle());
    closeAll();
    EXPECT_TRUE(empty().isVisible());
    EXPECT_FALSE(panel().isVisible());
    for (const auto* text : {"Open a folder …", "Open a result …", "Open a session …"})
        EXPECT_NE(button(QString::fromUtf8(text)), nullptr) << text;
    if (const auto pictures = qEnvironmentVariable("RESIDUUM_TEST_PICTURES"); !pictures.isEmpty())
        window->grab().save(pictures + QStringLiteral("/empty.png"));
    button(QStringLiteral("demo:vanilla"))->click();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(empty().isVisible());
    EXPECT_TRUE(panel().isVisible());
    EXPECT_TRUE(attributed(0).complete());
    closeAll();
    button(QStringLiteral("Open the demo models"))->click();
    ASSERT_TRUE(settle());
    EXPECT_EQ(columns().size(), 3u);
}

TEST_F(EmptyWindow, SaysWhyNothingCouldBeOpened) {
    openWindow({"/no/such/model"});
    ASSERT_TRUE(settle());
    EXPECT_TRUE(empty().isVisible());
    EXPECT_EQ(workspace().failures().size(), 1u);
    EXPECT_TRUE(button(QStringLiteral("Open the demo models"))->isEnabled());
}

} // namespace
} // namespace residuum::test
