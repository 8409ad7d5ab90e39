#include "widgets/figure/figure_style.h"

#include "core/task/error.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace residuum {

namespace {

constexpr double inch = 72.0;

} // namespace

const std::vector<FigurePreset>& figurePresets() {
    static const std::vector<FigurePreset> presets{
        {QStringLiteral("neurips"), QStringLiteral("NeurIPS, ICLR, COLM: text width"), 5.5 * inch,
         8},
        {QStringLiteral("icml-column"), QStringLiteral("ICML: one column"), 3.25 * inch, 7},
        {QStringLiteral("icml-page"), QStringLiteral("ICML: both columns"), 6.75 * inch, 8},
        {QStringLiteral("acl-column"), QStringLiteral("ACL, EMNLP: one column"), 3.03 * inch, 7},
        {QStringLiteral("acl-page"), QStringLiteral("ACL, EMNLP: both columns"), 6.3 * inch, 8},
        {QStringLiteral("aaai-column"), QStringLiteral("AAAI: one column"), 3.3 * inch, 7},
        {QStringLiteral("aaai-page"), QStringLiteral("AAAI: both columns"), 7.0 * inch, 8},
        {QStringLiteral("slide"), QStringLiteral("slide, 16:9"), 12.0 * inch, 18},
        {QStringLiteral("poster"), QStringLiteral("poster, half of A0"), 16.0 * inch, 24},
    };
    return presets;
}

const FigurePreset* findPreset(const QString& name) {
    const auto& presets = figurePresets();
    const auto found =
        std::find_if(presets.begin(), presets.end(),
                     [&](const FigurePreset& preset) { return preset.name == name; });
    return found == presets.end() ? nullptr : &*found;
}

std::optional<double> parseLength(const QString& text) {
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*([0-9]*\\.?[0-9]+)\\s*(in|cm|mm|pt)?\\s*$"));
    const auto match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const auto unit = match.captured(2);
    const double perUnit = unit == QLatin1String("cm")   ? inch / 2.54
                           : unit == QLatin1String("mm") ? inch / 25.4
                           : unit == QLatin1String("pt") ? 1.0
                                                         : inch;
    const double points = match.captured(1).toDouble() * perUnit;
    return points >= 0.5 * inch && points <= 100.0 * inch ? std::optional(points) : std::nullopt;
}

void requireFonts() {
    // Families may have names (fontconfig's aliases) without a font behind them.
    if (!QFontMetricsF(QFont(fontFamily(false))).inFont(QLatin1Char('a')))
        throw Error("fonts", "none is installed, so no text can be drawn; install one, e.g. the "
                             "package fonts-dejavu-core");
}

QString fontFamily(bool serif) {
    const QStringList wanted =
        serif ? QStringList{QStringLiteral("TeX Gyre Termes"), QStringLiteral("Nimbus Roman"),
                            QStringLiteral("Liberation Serif"), QStringLiteral("Times New Roman"),
                            QStringLiteral("DejaVu Serif")}
              : QStringList{QStringLiteral("TeX Gyre Heros"), QStringLiteral("Nimbus Sans"),
                            QStringLiteral("Liberation Sans"), QStringLiteral("Arial"),
                            QStringLiteral("DejaVu Sans")};
    const auto installed = QFontDatabase::families();
    for (const auto& family : wanted)
        if (installed.contains(family))
            return family;
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

} // namespace residuum
