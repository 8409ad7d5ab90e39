#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/figures/headless_figures.h"
#include "core/task/error.h"

namespace residuum {

namespace {

int draw([[maybe_unused]] const FigureArguments& arguments,
         [[maybe_unused]] const Questions& questions) {
#ifdef RESIDUUM_GUI
    HeadlessFigures(questions).draw(arguments);
    return exitSuccess;
#else
    throw Error("figure", "this build draws none (RESIDUUM_GUI=OFF); copy the result file to a "
                          "machine with the full program and draw it there");
#endif
}

std::string viewHelp([[maybe_unused]] const Questions& questions) {
#ifdef RESIDUUM_GUI
    return figureViewNames(questions);
#else
    return "what to draw";
#endif
}

/// What views are drawn with; which view has which is checked when the result is known.
void addSettings([[maybe_unused]] CLI::App& command, [[maybe_unused]] FigureArguments& figure,
                 [[maybe_unused]] const Questions& questions) {
#ifdef RESIDUUM_GUI
    for (const auto& option : figureOptions(questions)) {
        const auto spelled =
            "--" + option.name + (option.otherName.empty() ? "" : ",--" + option.otherName);
        if (option.flag)
            command.add_flag_callback(
                spelled, [&figure, name = option.name] { figure.settings[name]; }, option.help);
        else
            command.add_option_function<std::string>(
                spelled,
                [&figure, name = option.name](const std::string& value) {
                    figure.settings[name] = value;
                },
                option.help);
    }
#else
    command.allow_extras();
#endif
}

} // namespace

void addFigureCommand(CLI::App& app, Action& action, const Questions& questions) {
    struct Options {
        FigureArguments figure;
        CommonOptions common;
    };
    auto options = std::make_shared<Options>();
    auto& figure = options->figure;
    auto* command = app.add_subcommand("figure", "the window's figure of a result file");
    command->add_option("RESULT", figure.result, "a result file (HDF5)")->required();
    command->add_option("--kind", figure.view, viewHelp(questions));
    addSettings(*command, figure, questions);
    command->add_option("--limit", figure.limit, "end of the colour scale or of the axes");
    command->add_flag("--full-range", figure.fullRange,
                      "colours for all values, also for what lies far above the rest");
    command->add_option("--difference", figure.difference,
                        "two models' difference as a further heatmap, e.g. 0,2; in the table of "
                        "contributors as further columns; other figures show none");
    command
        ->add_option("--pin", figure.pins,
                     "outline a component or neuron, e.g. L9H9 or L9H9=#d55e00 (repeatable)")
        ->allow_extra_args(false)
        ->take_all();
    command->add_option("--preset", figure.preset,
                        "neurips, icml-column, icml-page, acl-column, acl-page, aaai-column, "
                        "aaai-page, slide or poster");
    command->add_option("--width", figure.width, "e.g. 5.5in, 14cm (default 5.5in)");
    command->add_option("--height", figure.height, "default: as high as the content asks for");
    command->add_option("--font", figure.font, "sans or serif");
    command->add_option("--font-size", figure.fontSize, "in points (default 8)");
    command->add_option("--colours,--colors", figure.colours, "blue-red or grey-safe");
    command->add_option("--dpi", figure.dpi, "of .png (default 300)");
    command->add_option("--rows", figure.rows, "at most, in tables (default 15)");
    command->add_flag("--no-letters", figure.noLetters, "no (a), (b), … before titles");
    command->add_flag("--csv", figure.csv, "also the plotted numbers, as F.csv");
    command->add_flag("--latex", figure.latex, "also a figure environment, as F.tex");
    command->add_option("-o,--output", figure.output, "F.pdf, F.svg, F.png or F.csv")->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options, questions] {
        action = [options, questions] { return draw(options->figure, questions); };
    });
}

} // namespace residuum
