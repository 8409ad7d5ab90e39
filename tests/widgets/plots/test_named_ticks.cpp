// Tokens at axes: where there is room, never over each other, never at the plot's expense.
#include "widgets/plots/plot_frame.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QPalette>

namespace residuum {
namespace {

PlotFrame frameOf(const QSizeF& size, const QStringList& names) {
    PlotAxis positions{QStringLiteral("position"), {}, 0.0, static_cast<double>(names.size())};
    for (qsizetype p = 0; p < names.size(); ++p)
        positions.ticks.push_back({static_cast<double>(p) + 0.5, QString::number(p), names[p]});
    PlotAxis layers{QStringLiteral("layer"), {}, 0.0, 4.0};
    return layOutFrame(size, PlotTheme::of(QPalette(), QFont()), positions, layers,
                       {.spines = false});
}

const QStringList words{"·Then", "·Mary", "·and", "·John", "·unfathomably-long-name", ",", "·to"};

TEST(NamedTicks, AreTurnedUnderTheAxisAndKeepTheirNumbersWhole) {
    const QSizeF size(320, 300);
    const auto frame = frameOf(size, words);
    ASSERT_EQ(frame.xLabels.size(), static_cast<std::size_t>(words.size()));
    for (std::size_t i = 0; i < frame.xLabels.size(); ++i) {
        const auto& label = frame.xLabels[i];
        EXPECT_TRUE(label.isTurned);
        EXPECT_TRUE(label.text.endsWith(QStringLiteral(" %1").arg(i))) << label.text.toStdString();
        EXPECT_TRUE(QRectF(QPointF(), size).contains(label.rect));
        EXPECT_GE(label.rect.top(), frame.area.bottom());
        if (i > 0) {
            EXPECT_GE(label.rect.left(), frame.xLabels[i - 1].rect.left() + 1.0);
        }
    }
    EXPECT_EQ(frame.xLabels[1].text, QStringLiteral("·Mary 1"));
    EXPECT_TRUE(frame.xLabels[4].text.startsWith(QStringLiteral("·u")));
    EXPECT_TRUE(frame.xLabels[4].text.contains(QStringLiteral("…")));
    EXPECT_GT(frame.area.height(), 0.5 * size.height());
    EXPECT_GE(frame.xTitleRect.top(), frame.xLabels[4].rect.bottom() - 1.0);
}

TEST(NamedTicks, GiveWayToNumbersWhereThereIsNoRoom) {
    for (const auto& size : {QSizeF(320, 90), QSizeF(90, 300)}) {
        const auto frame = frameOf(size, words);
        ASSERT_FALSE(frame.xLabels.empty());
        for (const auto& label : frame.xLabels) {
            EXPECT_FALSE(label.isTurned);
            EXPECT_EQ(label.text, QString::number(label.text.toInt()));
        }
    }
}

TEST(NamedTicks, StandBesideTheNumbersOfAVerticalAxis) {
    PlotAxis queries{QStringLiteral("query"), {}, 0.0, 3.0};
    for (int p = 0; p < 3; ++p)
        queries.ticks.push_back({p + 0.5, QString::number(p), words[p]});
    const QSizeF size(300, 200);
    const auto frame =
        layOutFrame(size, PlotTheme::of(QPalette(), QFont()), {}, queries, {.spines = false});
    ASSERT_EQ(frame.yLabels.size(), 3u);
    EXPECT_EQ(frame.yLabels[1].text, QStringLiteral("·Mary 1"));
    for (const auto& label : frame.yLabels) {
        EXPECT_GE(label.rect.left(), 0.0);
        EXPECT_LE(label.rect.right(), frame.area.left());
    }
    EXPECT_GT(frame.area.width(), 0.6 * size.width());
}

} // namespace
} // namespace residuum
