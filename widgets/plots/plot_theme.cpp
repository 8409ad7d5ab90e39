#include "widgets/plots/plot_theme.h"

#include <cmath>

namespace residuum {

namespace {

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

} // namespace residuum
