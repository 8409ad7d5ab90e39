// Text that is too long loses words before numbers, and never a part of a
// number.
#include "widgets/text/eliding.h"
#include "widgets/text/eliding_delegate.h"

#include <QApplication>
#include <QListWidget>
#include <QRegularExpression>

#include <gtest/gtest.h>

namespace residuum {
namespace {

QFontMetricsF metrics() {
    return QFontMetricsF(QApplication::font());
}

/// Runs of digits with what holds them together.
QStringList numbersOf(const QString& text) {
    QStringList numbers;
    const QRegularExpression digits(QStringLiteral("[0-9]+(?:[.,][0-9]+)*"));
    for (auto found = digits.globalMatch(text); found.hasNext();)
        numbers << found.next().captured();
    return numbers;
}

const QStringList& texts() {
    static const QStringList list{
        QStringLiteral("mean |error| 0.02 · worst L0 pos 10, L2 pos 11, L11H3 pos 1"),
        QStringLiteral("Pearson 0.763 · Spearman 0.718"),
        QStringLiteral("clean 9.39, corrupted −1.27 logits · cached"),
        QStringLiteral("Σ − logit = 3e−6 · target “ Mary” · cached"),
        QStringLiteral("[2.97, 19.0] · 32 heads × 15 pos."),
        QStringLiteral("gpt2-small_LNFree300"),
        QStringLiteral("1998"),
        QStringLiteral("4,650 scored tokens, 99.8 % of −0.00123")};
    return list;
}

TEST(Elided, NeverCutsIntoANumberAtAnyWidth) {
    for (const auto& text : texts()) {
        const auto whole = numbersOf(text);
        const double width = metrics().horizontalAdvance(text);
        EXPECT_EQ(elided(metrics(), text, width), text);
        for (double room = 0.0; room < width; room += 1.0) {
            const auto shown = elided(metrics(), text, room);
            EXPECT_LE(metrics().horizontalAdvance(shown), room) << text.toStdString();
            const auto there = numbersOf(shown);
            EXPECT_EQ(there, whole.mid(0, there.size()))
                << shown.toStdString() << " of " << text.toStdString();
        }
    }
}

TEST(Elided, WordsGiveWayFirst) {
    const auto text = QStringLiteral("Pearson 0.763 · Spearman 0.718");
    const double most = metrics().horizontalAdvance(text);
    const double least = metrics().horizontalAdvance(QStringLiteral("…0.763…0.718"));
    for (double room = least; room < most; room += 1.0)
        EXPECT_EQ(numbersOf(elided(metrics(), text, room)).size(), 2) << room;
    EXPECT_EQ(elided(metrics(), text, least), QStringLiteral("…0.763…0.718"));
    EXPECT_EQ(elided(metrics(), text, metrics().horizontalAdvance(QStringLiteral("…0.763…"))),
              QStringLiteral("…0.763…"));
}

TEST(Elided, KeepsSignExponentPercentAndLabelsWithTheirNumbers) {
    for (const auto* part : {"−0.00123", "3e−6", "99.8 %", "L11H3", "13/13", "1,024"}) {
        const auto number = QString::fromUtf8(part);
        const auto text = QStringLiteral("so many words ") + number + QStringLiteral(" and others");
        const double least = metrics().horizontalAdvance(QStringLiteral("…%1…").arg(number));
        EXPECT_EQ(elided(metrics(), text, least), QStringLiteral("…%1…").arg(number));
        const auto narrower = elided(metrics(), text, least - 1.0);
        EXPECT_TRUE(narrower.startsWith(QStringLiteral("so m")) && numbersOf(narrower).isEmpty())
            << narrower.toStdString();
    }
}

TEST(Elided, WordsAloneLoseTheirMiddleAsQtHasIt) {
    const auto text = QStringLiteral("attribution of the final residual stream");
    for (double room = 20.0; room < 200.0; room += 7.0)
        EXPECT_EQ(elided(metrics(), text, room), metrics().elidedText(text, Qt::ElideMiddle, room));
}

TEST(ElidingDelegate, ShowsNumbersWholeOrNotAtAll) {
    QListWidget list;
    auto* delegate = new ElidingDelegate(&list);
    list.setItemDelegate(delegate);
    const auto text = QStringLiteral("“ Mary”   99.8 %   original");
    list.addItem(text);
    const auto index = list.model()->index(0, 0);
    QStyleOptionViewItem option;
    option.initFrom(&list);
    option.widget = &list;
    for (int width = 10; width < 400; ++width) {
        option.rect = QRect(0, 0, width, 20);
        const auto numbers = numbersOf(delegate->shown(option, index));
        EXPECT_TRUE(numbers.isEmpty() || numbers == QStringList(QStringLiteral("99.8"))) << width;
    }
    option.rect = QRect(0, 0, 600, 20);
    EXPECT_EQ(delegate->shown(option, index), text);
}

} // namespace
} // namespace residuum
