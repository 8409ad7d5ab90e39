#include "widgets/plots/plot_theme.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double leastPoints = 6.0; ///< of what is read on paper, unless all is asked for smaller

QFont scaled(QFont font, double factor) {
    if (font.pointSizeF() > 0.0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(static_cast<int>(std::lround(font.pixelSize() * factor)));
    return font;
}

} // namespace

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < 128;
}

QColor blended(const QColor& over, const QColor& under, double share) {
    const auto mix = [share](int a, int b) {
        return static_cast<int>(std::lround(share * a + (1.0 - share) * b));
    };
    return QColor(mix(over.red(), under.red()), mix(over.green(), under.green()),
                  mix(over.blue(), under.blue()));
}

PlotTheme PlotTheme::of(const QPalette& palette, const QFont& font) {
    PlotTheme theme;
    theme.dark = isDark(palette);
    theme.background = palette.color(QPalette::Window);
    theme.area = palette.color(QPalette::Base);
    theme.ink = palette.color(QPalette::WindowText);
    theme.quiet = blended(theme.ink, theme.background, 0.72);
    theme.grid = blended(theme.ink, theme.area, theme.dark ? 0.16 : 0.10);
    theme.focus = palette.color(QPalette::Highlight);
    theme.titleFont = scaled(font, 0.92);
    theme.tickFont = scaled(font, 0.84);
    return theme;
}

PlotTheme PlotTheme::onPaper(const QString& family, double points, double perPoint) {
    const auto font = [&](double size) {
        QFont made(family);
        made.setPixelSize(static_cast<int>(std::lround(size * perPoint)));
        made.setHintingPreference(QFont::PreferNoHinting); // of a size that no screen has
        return made;
    };
    PlotTheme theme;
    theme.background = Qt::white;
    theme.area = Qt::white;
    theme.ink = QColor(0x11, 0x11, 0x11);
    theme.quiet = QColor(0x33, 0x33, 0x33);
    theme.grid = QColor(0xE6, 0xE6, 0xE6);
    theme.focus = theme.ink;
    theme.titleFont = font(points);
    theme.tickFont = font(std::max(points * 0.85, std::min(points, leastPoints)));
    theme.unit = perPoint * 0.75;
    theme.crisp = false;
    return theme;
}

} // namespace residuum
