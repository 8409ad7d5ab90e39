// Pins are told from whatever the maps show: colours, letters, and where letters are drawn.
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/pin_mark.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace residuum {
namespace {

constexpr int colours = 12;
constexpr double apart = 30.0;

/// CIE L*a*b* (D65).
std::array<double, 3> labOf(const QColor& colour) {
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const double r = linear(colour.redF()), g = linear(colour.greenF()), b = linear(colour.blueF());
    const auto f = [](double t) {
        return t > 216.0 / 24389.0 ? std::cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
    };
    const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return {116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

/// CIE 1976.
double difference(const QColor& a, const QColor& b) {
    const auto first = labOf(a), second = labOf(b);
    return std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

TEST(Pins, ColoursAreOutsideEveryMapOverItsWholeLength) {
    double least = std::numeric_limits<double>::infinity();
    for (const auto map : {ColourMap::Diverging, ColourMap::Sequential})
        for (const auto palette : {ColourPalette::BlueRed, ColourPalette::GreySafe})
            for (const bool dark : {false, true})
                for (int step = -512; step <= 512; ++step) {
                    ColourScale scale;
                    scale.map = map;
                    scale.palette = palette;
                    const auto there = colourOf(step / 512.0, scale, dark);
                    for (int n = 0; n < colours; ++n) {
                        const double distance = difference(pinColour(n), there);
                        least = std::min(least, distance);
                        ASSERT_GE(distance, apart)
                            << pinColour(n).name().toStdString() << " in a map at " << step / 512.0;
                    }
                }
    for (int a = 0; a < colours; ++a)
        for (int b = 0; b < a; ++b)
            EXPECT_GE(difference(pinColour(a), pinColour(b)), apart);
    RecordProperty("least_distance", std::to_string(least));
    EXPECT_EQ(pinColour(colours), pinColour(0)) << "then with another letter";
}

TEST(Pins, LettersGoOnBeyondTheAlphabet) {
    EXPECT_EQ(pinLetter(0), QStringLiteral("A"));
    EXPECT_EQ(pinLetter(25), QStringLiteral("Z"));
    EXPECT_EQ(pinLetter(26), QStringLiteral("AA"));
    EXPECT_EQ(pinLetter(51), QStringLiteral("AZ"));
    EXPECT_EQ(pinLetter(52), QStringLiteral("BA"));
    std::set<QString> all;
    for (int n = 0; n < 1000; ++n)
        all.insert(pinLetter(n));
    EXPECT_EQ(all.size(), 1000U);
}

/// Where a letter is drawn beside a mark.
QRect drawnAt(const QRectF& mark) {
    QImage image(200, 200, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    const auto theme = PlotTheme::onPaper(QStringLiteral("sans"), 8.0, 96.0 / 72.0);
    drawPinLetterBeside(painter, mark, QRectF(0, 0, 200, 200), {Thing(), pinColour(0), "B"}, theme);
    painter.end();
    QRect box;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixelColor(x, y) == pinColour(0))
                box |= QRect(x, y, 1, 1);
    return box;
}

TEST(Pins, LettersStandBesideTheirMarkAndInsideThePlot) {
    for (const auto& mark :
         {QRectF(90, 90, 12, 12), QRectF(188, 0, 12, 12), QRectF(0, 188, 12, 12),
          QRectF(188, 188, 12, 12), QRectF(0, 0, 12, 12), QRectF(0, 0, 200, 12)}) {
        const auto box = drawnAt(mark);
        EXPECT_GE(box.height(), 8) << "legible";
        EXPECT_GE(box.left(), 0);
        EXPECT_LE(box.right(), 199);
        EXPECT_FALSE(mark.intersects(box)) << mark.x() << ", " << mark.y();
    }
}

} // namespace
} // namespace residuum
