#include "app/run_program.h"

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/window_options.h"
#include "app/resources.h"
#include "core/task/error.h"
#ifdef RESIDUUM_GUI
#include "app/window/workbench.h"
#endif

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>

namespace residuum {
namespace {

struct WindowArguments {
    std::vector<std::string> models;
    std::string screenshot;
    std::string size;
    std::string panel;
    WindowOptions question;
    CommonOptions common;
};

#ifdef RESIDUUM_GUI
void readSize(const std::string& text, WorkbenchOptions& options) {
    if (std::sscanf(text.c_str(), "%dx%d", &options.width, &options.height) != 2 ||
        options.width < 320 || options.height < 240 || options.width > 16384 ||
        options.height > 16384)
        throw UsageError(
            "--size " + text,
            "a size in pixels is expected, from 320x240 to 16384x16384, e.g. 1280x800");
}

int openWorkbench(int argc, char** argv, const Questions& questions,
                  const WindowArguments& arguments) {
    WorkbenchOptions options;
    options.models = arguments.models;
    options.numeric = arguments.common.numeric();
    options.demoFolder = resourceFolder() / "demo";
    if (!arguments.common.noCache)
        options.cache = CacheSettings::fromEnvironment();
    options.screenshot = arguments.screenshot;
    options.asked = arguments.question.beginning(arguments.models);
    options.fitsScreen = arguments.size.empty() && arguments.screenshot.empty();
    if (!arguments.size.empty())
        readSize(arguments.size, options);
    options.panel = arguments.panel;
    options.threads = arguments.common.threads;
    return runWorkbench(argc, argv, questions, options);
}
#else
int openWorkbench(int, char**, const Questions&, const WindowArguments&) {
    throw Error("the window", "this build has none (RESIDUUM_GUI=OFF); use a subcommand, see "
                              "residuum --help");
}
#endif

/// For scripts: which subcommands there are, and whether they open a window.
int listCommands(const CLI::App& app) {
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        std::printf("%s headless\n", command->get_name().c_str());
    return exitSuccess;
}

/// "attribution, patching or neurons".
std::string alternatives(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " or ") + names[i];
    return text;
}

int run(int argc, char** argv, const Questions& questions) {
    CLI::App app("Residuum: mechanistic interpretability of GPT-2 with and without LayerNorm",
                 "residuum");
    app.set_version_flag("--version", RESIDUUM_VERSION);
    app.require_subcommand(0, 1);
    WindowArguments window;
    app.add_option("MODEL", window.models,
                   "models to open side by side in the workbench, a session (.residuum) or result "
                   "files (.h5)");
    app.add_option("--screenshot", window.screenshot,
                   "draw the workbench into this PNG when its results are there, and exit");
    std::vector<std::string> panels;
    for (const auto& question : questions)
        panels.push_back(question.panel);
    app.add_option("--panel", window.panel, "the panel in front: " + alternatives(panels))
        ->check(CLI::IsMember(panels));
    app.add_option("--size", window.size, "the window's size, e.g. 1280x800");
    addWindowOptions(app, window.question);
    bool list = false;
    app.add_flag("--commands", list,
                 "the subcommands, one a line, with \"window\" or \"headless\"");
    addCommonOptions(app, window.common);

    Action action;
    addInspectCommand(app, action);
    addTokenizeCommand(app, action);
    addRunCommand(app, action);
    for (const auto& question : questions)
        question.addCommand(app, action);
    addPairsCommand(app, action);
    addConvertCommand(app, action);
    addStoriesCommand(app, action);
    addTrainCommand(app, action);
    addRemoveLnCommand(app, action);
    addFigureCommand(app, action, questions);
    addRunSessionCommand(app, action, questions);
    addCacheCommand(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success);
    }
    if (list)
        return listCommands(app);
    return action ? action() : openWorkbench(argc, argv, questions, window);
}

} // namespace

int runProgram(int argc, char** argv, const Questions& questions) {
    return reportErrors([&] { return run(argc, argv, questions); });
}

} // namespace residuum
