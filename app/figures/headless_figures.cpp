#include "app/figures/headless_figures.h"

#include "analysis/question/result_reader.h"
#include "core/task/error.h"
#include "widgets/figure/figure_command.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/panels/attention_kind.h"

#include <QGuiApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <memory>

namespace residuum {

/// Fonts need an application, but no display; in the window there is one already.
struct HeadlessFigures::Private {
    int count = 1;
    char name[9] = "residuum";
    char* arguments[2] = {name, nullptr};
    std::unique_ptr<QGuiApplication> application;
    std::vector<FigureKind> kinds;

    /// Of a result. Throws Error where it has no figures.
    const FigureKind& kindOf(const ResultReader& reader) const {
        for (const auto& kind : kinds)
            if (kind.kind.toStdString() == reader.kind())
                return kind;
        throw Error(reader.path().string(),
                    "is a result of the kind " + reader.kind() + ", which has no figures");
    }
};

namespace {

std::vector<FigureKind> kindsOf(const Questions& questions) {
    std::vector<FigureKind> kinds;
    for (const auto& question : questions)
        kinds.push_back(question.figures());
    kinds.push_back(attentionKind()); // of what no question computes
    return kinds;
}

} // namespace

HeadlessFigures::HeadlessFigures(const Questions& questions) : d_(std::make_unique<Private>()) {
    d_->kinds = kindsOf(questions);
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

std::optional<std::pair<int, int>> pairOf(const std::string& text) {
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

Pin pinOf(const std::string& text, int place) {
    static const QRegularExpression letters(QStringLiteral("^[A-Z]+$"));
    auto parts = QString::fromStdString(text).split(QLatin1Char('='));
    const bool hasLetter = parts.size() > 1 && letters.match(parts.last()).hasMatch();
    const auto letter = hasLetter ? parts.takeLast() : pinLetter(place);
    const auto colour = parts.size() > 1 ? QColor(parts[1]) : pinColour(place);
    const auto thing = parseThing(parts[0].toStdString());
    if (parts.size() > 2 || !thing || !colour.isValid())
        throw UsageError("--pin " + text,
                         "a component or neuron is expected, with or without a colour, e.g. L9H9 "
                         "or L9H9=#d55e00");
    return {*thing, colour, letter};
}

/// Those of the kind in its order, and what it lacks, which `check` refuses.
ViewSettings settingsOf(std::map<std::string, std::string> given, const FigureKind& kind) {
    ViewSettings settings;
    for (const auto& setting : kind.settings)
        if (const auto found = given.extract(setting.name.toStdString()))
            settings.set(setting.name, QString::fromStdString(found.mapped()));
    for (const auto& [name, value] : given)
        settings.set(QString::fromStdString(name), QString::fromStdString(value));
    return settings;
}

FigureRequest requestOf(const FigureArguments& arguments, const FigureKind& kind) {
    FigureRequest request;
    request.view = kind.view(QString::fromStdString(arguments.view)).name;
    request.settings = settingsOf(arguments.settings, kind);
    kind.check(request);
    if (arguments.limit && !(*arguments.limit > 0.0 && std::isfinite(*arguments.limit)))
        throw UsageError("--limit", "must be a positive number");
    request.limit = arguments.limit;
    request.fullRange = arguments.fullRange;
    request.difference = pairOf(arguments.difference);
    for (const auto& pin : arguments.pins)
        request.pins.push_back(pinOf(pin, static_cast<int>(request.pins.size())));
    return request;
}

} // namespace

void HeadlessFigures::draw(const FigureArguments& arguments) const {
    if (!figureFormatOf(arguments.output))
        throw UsageError("-o " + arguments.output.string(),
                         "its ending names no format; use .pdf, .svg, .png or .csv");
    const auto style = styleOf(arguments);
    const ResultReader reader(arguments.result);
    const auto& kind = d_->kindOf(reader);
    const auto request = requestOf(arguments, kind);
    auto figure = kind.make(reader, request);
    figure.provenance.commands.push_back(
        figureCommand(QString::fromStdString(arguments.result.filename().string()), request, style,
                      QString::fromStdString(arguments.output.filename().string()))
            .toStdString());
    exportFigure(figure, style, arguments.output, {arguments.csv, arguments.latex});
}

std::vector<HeadlessView> HeadlessFigures::views(const std::filesystem::path& result) const {
    std::vector<HeadlessView> views;
    const ResultReader reader(result);
    const auto& kind = d_->kindOf(reader);
    for (const auto& view : kind.views)
        if (!kind.has || kind.has(reader, view)) {
            views.push_back({view.name.toStdString(),
                             figureStem(d_->kinds, kind.kind, view.name).toStdString(),
                             {}});
            for (const auto& setting : view.settings)
                views.back().settings.push_back(setting.toStdString());
        }
    return views;
}

std::string figureViewNames(const Questions& questions) {
    QStringList names;
    for (const auto& kind : kindsOf(questions))
        for (const auto& view : kind.views)
            names << view.name;
    return names.join(QStringLiteral(", ")).toStdString();
}

std::vector<FigureOption> figureOptions(const Questions& questions) {
    std::vector<FigureOption> options;
    for (const auto& kind : kindsOf(questions))
        for (const auto& setting : kind.settings) {
            const auto name = setting.name.toStdString();
            if (std::none_of(options.begin(), options.end(),
                             [&](const FigureOption& each) { return each.name == name; }))
                options.push_back({name, setting.otherName.toStdString(),
                                   setting.help.toStdString(),
                                   setting.type == ViewSetting::Type::Flag});
        }
    return options;
}

} // namespace residuum
