#include "widgets/figure/figure_command.h"

#include "analysis/prompts/input_command.h"

#include <algorithm>

namespace residuum {

namespace {

QString quoted(const QString& text) {
    return QString::fromStdString(shellQuoted(text.toStdString()));
}

QString shortNumber(double value) {
    return QString::number(value, 'g', 10);
}

QString requestArguments(const FigureRequest& request) {
    QString text;
    if (!request.view.isEmpty())
        text += QStringLiteral(" --kind ") + quoted(request.view);
    if (request.sample)
        text += QStringLiteral(" --sample %1").arg(*request.sample);
    if (!request.site.isEmpty())
        text += QStringLiteral(" --site ") + quoted(request.site);
    if (!request.method.isEmpty())
        text += QStringLiteral(" --method ") + quoted(request.method);
    if (request.normalised)
        text += QStringLiteral(" --normalised");
    if (!request.effect.isEmpty())
        text += QStringLiteral(" --effect ") + quoted(request.effect);
    if (!request.against.isEmpty())
        text += QStringLiteral(" --against ") + quoted(request.against);
    if (request.position)
        text += QStringLiteral(" --position %1").arg(*request.position);
    if (request.limit)
        text += QStringLiteral(" --limit ") + shortNumber(*request.limit);
    if (request.fullRange)
        text += QStringLiteral(" --full-range");
    if (request.difference)
        text += QStringLiteral(" --difference %1,%2")
                    .arg(request.difference->first)
                    .arg(request.difference->second);
    for (const auto& pin : request.pins)
        text += QStringLiteral(" --pin ") + quoted(pin.name + QLatin1Char('=') + pin.colour.name());
    return text;
}

QString styleArguments(const FigureStyle& style) {
    const FigureStyle usual;
    QString text;
    if (style.width != usual.width)
        text += QStringLiteral(" --width %1in").arg(shortNumber(style.width / 72.0));
    if (style.height)
        text += QStringLiteral(" --height %1in").arg(shortNumber(*style.height / 72.0));
    if (style.fontSize != usual.fontSize)
        text += QStringLiteral(" --font-size ") + shortNumber(style.fontSize);
    if (style.serif)
        text += QStringLiteral(" --font serif");
    if (style.palette != usual.palette)
        text += QStringLiteral(" --colours ") + paletteName(style.palette);
    if (!style.letters)
        text += QStringLiteral(" --no-letters");
    if (style.dpi != usual.dpi)
        text += QStringLiteral(" --dpi ") + shortNumber(style.dpi);
    if (style.tableRows != usual.tableRows)
        text += QStringLiteral(" --rows %1").arg(style.tableRows);
    return text;
}

} // namespace

QString paletteName(ColourPalette palette) {
    return palette == ColourPalette::GreySafe ? QStringLiteral("grey-safe")
                                              : QStringLiteral("blue-red");
}

QString figureCommand(const QString& resultFile, const FigureRequest& request,
                      const FigureStyle& style, const QString& target) {
    return QStringLiteral("residuum figure ") + quoted(resultFile) + requestArguments(request) +
           styleArguments(style) + QStringLiteral(" -o ") + quoted(target);
}

std::optional<std::pair<int, int>> amongShown(const std::optional<std::pair<int, int>>& difference,
                                              const std::vector<int>& places) {
    if (!difference)
        return std::nullopt;
    const auto at = [&](int place) {
        return static_cast<int>(std::find(places.begin(), places.end(), place) - places.begin());
    };
    const std::pair pair(at(difference->first), at(difference->second));
    return std::max(pair.first, pair.second) < static_cast<int>(places.size()) ? std::optional(pair)
                                                                               : std::nullopt;
}

} // namespace residuum
