// Everything can be reached without a mouse.
#include "window_fixture.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>

#include <functional>
#include <set>

namespace residuum::test {
namespace {

class KeyboardWindow : public WindowTest {
  protected:
    /// What the focus comes to by Tab, until it is where it began.
    std::set<const QWidget*> reached() {
        std::set<const QWidget*> found;
        window->activateWindow();
        window->promptStrip().setFocus();
        const auto* first = QApplication::focusWidget();
        for (int step = 0; step < 400; ++step) { // a text with links is come to once for each
            auto* focus = QApplication::focusWidget();
            if (focus == nullptr || (step > 0 && focus == first))
                break;
            found.insert(focus);
            QTest::keyClick(focus, Qt::Key_Tab);
        }
        return found;
    }

    void inEveryPanel(const std::function<void(const QString& panel)>& look) {
        for (const auto& question : list) {
            window->showPanel(question.panel);
            QTest::qWait(30);
            workspace().cancelWork();
            ASSERT_TRUE(settle());
            look(QString::fromStdString(question.panel) + QStringLiteral(": "));
        }
    }

    /// Those that take the focus by Tab and are seen.
    std::vector<const QWidget*> focusable() {
        std::vector<const QWidget*> widgets;
        for (const auto* widget : window->findChildren<QWidget*>())
            if (widget->isVisible() && widget->isEnabled() && !widget->isWindow() &&
                (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr)
                widgets.push_back(widget);
        return widgets;
    }

    static QString described(const QWidget& widget) {
        QString path;
        for (const auto* each = &widget; each != nullptr; each = each->parentWidget())
            path += QStringLiteral("%1 “%2%3” in ")
                        .arg(QLatin1String(each->metaObject()->className()), each->accessibleName(),
                             each->property("text").toString());
        return path.left(300);
    }
};

TEST_F(KeyboardWindow, TabComesToEverything) {
    openDemo();
    inEveryPanel([this](const QString& panel) {
        const auto found = reached();
        for (const auto* widget : focusable())
            EXPECT_TRUE(found.contains(widget)) << (panel + described(*widget)).toStdString();
    });
}

TEST_F(KeyboardWindow, WhateverTakesTheFocusHasAName) {
    openDemo();
    inEveryPanel([this](const QString& panel) {
        for (const auto* widget : focusable()) {
            const auto text = widget->property("text").toString();
            EXPECT_TRUE(!widget->accessibleName().isEmpty() || !text.isEmpty() ||
                        widget->inherits("QTabBar"))
                << (panel + described(*widget)).toStdString();
        }
    });
}

TEST_F(KeyboardWindow, TheVerdictIsTextToBeCopied) {
    openDemo();
    QApplication::clipboard()->clear();
    for (auto* action : window->findChildren<QAction*>())
        if (action->text() == QStringLiteral("Copy &verdict"))
            action->trigger();
    EXPECT_FALSE(panel().verdict().text.isEmpty());
    EXPECT_EQ(QApplication::clipboard()->text(), panel().verdict().text);
}

} // namespace
} // namespace residuum::test
