// The status line speaks of the tab in front.
#include "neuron_window.h"

#include <QLabel>
#include <QRegularExpression>
#include <QStatusBar>

namespace residuum::test {
namespace {

class StatusLine : public NeuronWindow {
  protected:
    QString status() {
        QStringList texts;
        for (const auto* label : window->statusBar()->findChildren<QLabel*>())
            texts << label->text();
        return texts.join(QLatin1Char('\n'));
    }
    void show(const char* panel) {
        window->showPanel(panel);
        ASSERT_TRUE(settle());
    }
    static constexpr QLatin1StringView ofAttribution{"Σ components"};
};

TEST_F(StatusLine, SaysHowFarOffTheTabInFrontIs) {
    openDemo();
    EXPECT_TRUE(status().contains(QStringLiteral("|Σ components − logit| ≤ ")));
    show("patching");
    ASSERT_TRUE(waitFor([this] { return status().contains(QStringLiteral("largest error of ")); }))
        << status().toStdString();
    EXPECT_FALSE(status().contains(QStringLiteral("Σ components")));
    EXPECT_TRUE(status().contains(QRegularExpression(
        QStringLiteral("largest error of attribution patching: [0-9.]+ logits"))));
    show("generation");
    EXPECT_FALSE(status().contains(QStringLiteral("≤"))) << "a text is no estimate";
    show("neurons");
    waitForNeurons();
    EXPECT_FALSE(status().contains(QStringLiteral("≤")));
    auto settings = board().settings();
    settings.screen = true;
    board().setSettings(settings);
    waitForNeurons();
    EXPECT_TRUE(status().contains(QStringLiteral("estimates (≈) of |Δ entropy| are within ± ")))
        << status().toStdString();
    show("attribution");
    EXPECT_TRUE(status().contains(QStringLiteral("|Σ components − logit| ≤ ")));
    EXPECT_TRUE(window->panel<PatchingPanel>().statusText().contains(QStringLiteral("logits")));
}

} // namespace
} // namespace residuum::test
