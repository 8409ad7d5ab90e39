// Edit ▸ Settings.
#include "window_fixture.h"

#include "app/window/export_all.h"
#include "app/window/settings_dialog.h"
#include "widgets/panels/attribution_dataset.h"
#include "widgets/panels/dataset_dialog.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>

namespace residuum::test {
namespace {

class PreferencesWindow : public WindowTest {
  protected:
    void TearDown() override {
        window.reset();
        showLook({});
    }
    static void apply(SettingsDialog& dialog) {
        dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Apply)->click();
    }
};

TEST_F(PreferencesWindow, AreAppliedAtOnceAndKept) {
    openDemo();
    const auto height = window->menuBar()->fontMetrics().height();
    auto& dialog = *window->editSettings();
    dialog.findChild<QComboBox*>()->setCurrentIndex(static_cast<int>(Theme::Dark));
    auto numbers = dialog.findChildren<QSpinBox*>();
    ASSERT_EQ(numbers.size(), 2);
    numbers[0]->setValue(1);
    numbers[1]->setValue(20);
    dialog.findChild<QLineEdit*>()->setText(QStringLiteral("512M"));
    dialog.findChild<QCheckBox*>()->setChecked(true);
    apply(dialog);
    QTest::qWait(50);
    EXPECT_LT(window->palette().color(QPalette::Window).lightness(), 128);
    EXPECT_LT(panel().heatmap(0)->grab().toImage().pixelColor(1, 1).lightness(), 128);
    EXPECT_GT(window->menuBar()->fontMetrics().height(), height);
    EXPECT_EQ(workspace().memory(), std::int64_t{512} << 20);
    ASSERT_TRUE(settle());
    const Preferences wanted{1, "512M", Theme::Dark, 20, true};
    EXPECT_EQ(Preferences::read(*settings()), wanted);
    // The next window begins with them.
    openWindow();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(workspace().state().prompt.endOfTextFirst);
    EXPECT_EQ(workspace().memory(), std::int64_t{512} << 20);
}

TEST_F(PreferencesWindow, WhatCannotBeIsRefused) {
    openWindow();
    auto& dialog = *window->editSettings();
    auto* use = dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    EXPECT_TRUE(use->isEnabled());
    for (const auto* text : {"", "lots", "-1G", "1M"}) {
        dialog.findChild<QLineEdit*>()->setText(QString::fromLatin1(text));
        EXPECT_FALSE(use->isEnabled()) << text;
    }
    dialog.findChild<QLineEdit*>()->setText(QStringLiteral("2G"));
    EXPECT_TRUE(use->isEnabled());
    auto kept = settings();
    kept->setValue(QStringLiteral("preferences/threads"), -3);
    kept->setValue(QStringLiteral("preferences/theme"), QStringLiteral("pink"));
    EXPECT_EQ(Preferences::read(*kept), Preferences()) << "damaged settings are as usual";
}

/// A mnemonic of a label without a widget that it belongs to is shown as an ampersand.
TEST_F(PreferencesWindow, NoLabelShowsAnAmpersand) {
    openDemo();
    ASSERT_TRUE(settle());
    window->editSettings();
    window->exportAll();
    askForDataset(workspace(), window.get());
    ASSERT_NE(window->findChild<DatasetDialog*>(), nullptr);
    int seen = 0;
    for (const auto* top : QApplication::topLevelWidgets())
        for (const auto* label : top->findChildren<QLabel*>()) {
            ++seen;
            EXPECT_TRUE(label->buddy() != nullptr || label->textFormat() == Qt::RichText ||
                        Qt::mightBeRichText(label->text()) ||
                        !label->text().contains(QLatin1Char('&')))
                << label->text().toStdString();
        }
    EXPECT_GT(seen, 20);
}

} // namespace
} // namespace residuum::test
