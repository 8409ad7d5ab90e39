#include "app/figures/headless_figures.h"

#include "analysis/results/result_reader.h"
#include "app/figures/figure_kinds.h"
#include "core/task/error.h"
#include "widgets/figure/figure_command.h"
#include "widgets/figure/figure_export.h"
#include "widgets/plots/pin.h"

#include <QGuiApplication>

#include <cmath>
#include <memory>

namespace residuum {

/// Fonts need an application, but no display; in the window there is one already.
struct HeadlessFigures::Private {
    int count = 1;
    char name[9] = "residuum";
    char* arguments[2] = {name, nullptr};
    std::unique_ptr<QGuiApplication> application;
};

HeadlessFigures::HeadlessFigures() : d_(std::make_unique<Private>()) {
    if (QCoreApplication::instance() != nullptr)
        return;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    keepQtQuiet();
    orderFontsTheSameEachTime();
    d_->application = std::make_unique<QGuiApplication>(d_->count, d_->arguments);
}

HeadlessFigures::~HeadlessFigures() = default;

namespace {

double lengthOf(const std::string& text, const std::string& option) {
    const auto length = parseLength(QString::fromStdString(text));
    if (!length)
        throw UsageError(option + " " + text,
                         "a length from 0.5in to 100in is expected, e.g. 5.5in, 14cm or 396pt");
    return *length;
}

void usePreset(FigureStyle& style, const std::string& name) {
    const auto* preset = findPreset(QString::fromStdString(name));
    if (preset == nullptr) {
        QStringList names;
        for (const auto& each : figurePresets())
            names << each.name;
        throw UsageError("--preset " + name,
                         "unknown; there are " + names.join(QStringLiteral(", ")).toStdString());
    }
    style.width = preset->width;
    style.fontSize = preset->fontSize;
}

double within(double value, double least, double most, const std::string& option) {
    if (!(value >= least && value <= most))
        throw UsageError(option, "must be from " + QString::number(least).toStdString() + " to " +
                                     QString::number(most).toStdString());
    return value;
}

FigureStyle styleOf(const FigureArguments& arguments) {
    FigureStyle style;
    if (!arguments.preset.empty())
        usePreset(style, arguments.preset);
    if (!arguments.width.empty())
        style.width = lengthOf(arguments.width, "--width");
    if (!arguments.height.empty())
        style.height = lengthOf(arguments.height, "--height");
    if (arguments.fontSize)
        style.fontSize = within(*arguments.fontSize, 3.0, 100.0, "--font-size");
    if (arguments.dpi)
        style.dpi = within(*arguments.dpi, 30.0, 2400.0, "--dpi");
    if (arguments.rows)
        style.tableRows = static_cast<int>(within(*arguments.rows, 1, 100'000, "--rows"));
    style.letters = !arguments.noLetters;
    if (!arguments.font.empty() && arguments.font != "sans" && arguments.font != "serif")
        throw UsageError("--font " + arguments.font, "unknown; use sans or serif");
    style.serif = arguments.font == "serif";
    const auto colours = QString::fromStdString(arguments.colours);
    if (!colours.isEmpty() && colours != paletteName(ColourPalette::BlueRed) &&
        colours != paletteName(ColourPalette::GreySafe))
        throw UsageError("--colours " + arguments.colours, "unknown; use blue-red or grey-safe");
    if (colours == paletteName(ColourPalette::GreySafe))
        style.palette = ColourPalette::GreySafe;
    return style;
}

std::optional<std::pair<int, int>> differenceOf(const std::string& text) {
    if (text.empty())
        return std::nullopt;
    const auto parts = QString::fromStdString(text).split(QLatin1Char(','));
    bool first = false, second = false;
    const auto pair = std::pair(parts.value(0).toInt(&first), parts.value(1).toInt(&second));
    if (parts.size() != 2 || !first || !second || pair.first < 0 || pair.second < 0)
        throw UsageError("--difference " + text,
                         "the places of two models are expected, counted from 0, e.g. 0,2");
    return pair;
}

NamedPin pinOf(const std::string& text, int place) {
    const auto parts = QString::fromStdString(text).split(QLatin1Char('='));
    const auto colour = parts.size() > 1 ? QColor(parts[1]) : pinColour(place);
    if (parts.size() > 2 || parts[0].isEmpty() || !colour.isValid())
        throw UsageError("--pin " + text,
                         "a component is expected, with or without a colour, e.g. L9H9 or "
                         "L9H9=#d55e00");
    return {parts[0], colour};
}

FigureRequest requestOf(const FigureArguments& arguments, const FigureKind& kind) {
    FigureRequest request;
    const auto* view = kind.find(QString::fromStdString(arguments.view));
    if (view == nullptr) {
        QStringList names;
        for (const auto& each : kind.views)
            names << each.name;
        throw UsageError("--kind " + arguments.view,
                         "a result of the kind " + kind.kind.toStdString() + " has " +
                             names.join(QStringLiteral(", ")).toStdString());
    }
    request.view = view->name;
    request.sample = arguments.sample;
    request.site = QString::fromStdString(arguments.site);
    request.method = QString::fromStdString(arguments.method);
    request.normalised = arguments.normalised;
    request.effect = QString::fromStdString(arguments.effect);
    request.against = QString::fromStdString(arguments.against);
    request.position = arguments.position;
    if (arguments.limit && !(*arguments.limit > 0.0 && std::isfinite(*arguments.limit)))
        throw UsageError("--limit", "must be a positive number");
    request.limit = arguments.limit;
    request.fullRange = arguments.fullRange;
    request.difference = differenceOf(arguments.difference);
    for (const auto& pin : arguments.pins)
        request.pins.push_back(pinOf(pin, static_cast<int>(request.pins.size())));
    return request;
}

FigureKind kindOf(const ResultReader& reader) {
    for (const auto& kind : figureKinds())
        if (kind.kind.toStdString() == reader.kind())
            return kind;
    throw Error(reader.path().string(),
                "is a result of the kind " + reader.kind() + ", which has no figures");
}

} // namespace

void HeadlessFigures::draw(const FigureArguments& arguments) const {
    if (!figureFormatOf(arguments.output))
        throw UsageError("-o " + arguments.output.string(),
                         "its ending names no format; use .pdf, .svg, .png or .csv");
    const auto style = styleOf(arguments);
    const ResultReader reader(arguments.result);
    const auto kind = kindOf(reader);
    const auto request = requestOf(arguments, kind);
    auto figure = kind.make(reader, request);
    figure.provenance.commands.push_back(
        figureCommand(QString::fromStdString(arguments.result.filename().string()), request, style,
                      QString::fromStdString(arguments.output.filename().string()))
            .toStdString());
    exportFigure(figure, style, arguments.output, {arguments.csv, arguments.latex});
}

std::vector<std::string> HeadlessFigures::views(const std::filesystem::path& result) const {
    std::vector<std::string> names;
    const ResultReader reader(result);
    const auto kind = kindOf(reader);
    for (const auto& view : kind.views)
        if (!kind.has || kind.has(reader, view))
            names.push_back(view.name.toStdString());
    return names;
}

std::string figureViewNames() {
    QStringList names;
    for (const auto& kind : figureKinds())
        for (const auto& view : kind.views)
            names << view.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

} // namespace residuum
