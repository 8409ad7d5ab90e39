#include "widgets/figure/figure_command.h"

#include "analysis/inputs/input_command.h"

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
    for (const auto& [name, value] : request.settings.all()) {
        text += QStringLiteral(" --") + name;
        if (!value.isEmpty())
            text += QLatin1Char(' ') + quoted(value);
    }
    if (request.limit)
        text += QStringLiteral(" --limit ") + shortNumber(*request.limit);
    if (request.fullRange)
        text += QStringLiteral(" --full-range");
    if (request.difference)
        text += QStringLiteral(" --difference %1,%2")
                    .arg(request.difference->first)
                    .arg(request.difference->second);
    for (int place = 0; const auto& pin : request.pins) {
        auto named =
            QString::fromStdString(label(pin.thing)) + QLatin1Char('=') + pin.colour.name();
        if (pin.letter != pinLetter(place++)) // else its place gives it
            named += QLatin1Char('=') + pin.letter;
        text += QStringLiteral(" --pin ") + quoted(named);
    }
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

void nameCommand(Figure& figure, const FigureRequest& request, const FigureStyle& style,
                 const QString& target) {
    const auto& result = figure.provenance.result;
    figure.provenance.commands.push_back(
        result.empty()
            ? std::string("# no command draws this figure")
            : figureCommand(QString::fromStdString(result), request, style, target).toStdString());
}

} // namespace residuum
