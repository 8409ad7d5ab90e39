#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/figures/headless_figures.h"
#include "app/questions.h"
#include "core/task/error.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

namespace residuum {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string session;
    std::string folder;
    std::string format = "pdf";
    std::string preset;
    CommonOptions common;
};

/// A result whose figures are drawn.
struct Drawn {
    fs::path result;
    std::string stem;                     ///< of the figures' files; empty: as among all kinds
    const QuestionEntry* panel = nullptr; ///< as whose panel the session shows it; null: as usual
};

/// The figures of a result as the session's panel has it; each view is scaled by itself, but for
/// the one whose scale was locked. Returns which were left out and why.
std::vector<std::string> drawFigures([[maybe_unused]] const Session& session,
                                     [[maybe_unused]] const Drawn& drawn,
                                     [[maybe_unused]] const Options& options,
                                     [[maybe_unused]] const Questions& questions) {
    std::vector<std::string> leftOut;
#ifdef RESIDUUM_GUI
    const HeadlessFigures figures(questions);
    const auto name = drawn.panel == nullptr ? std::string() : drawn.panel->panel;
    const auto set = session.panels.find(name);
    for (const auto& view : figures.views(drawn.result)) {
        FigureArguments figure;
        figure.result = drawn.result;
        figure.view = view.name;
        const auto stem = drawn.panel == nullptr ? drawn.stem + view.name : view.stem;
        figure.output = fs::path(options.folder) / (stem + "." + options.format);
        figure.preset = options.preset;
        figure.csv = true;
        figure.latex = true;
        for (const auto& pin : session.pins)
            figure.pins.push_back(pin.name + "=" + pin.colour +
                                  (pin.letter.empty() ? "" : "=" + pin.letter));
        const auto use = [&](const std::string& setting, const std::string& value) {
            if (std::find(view.settings.begin(), view.settings.end(), setting) !=
                view.settings.end())
                figure.settings[setting] = value;
        };
        if (drawn.panel != nullptr) {
            if (session.set && session.set->mean)
                use("mean", "");
            else
                use("position", std::to_string(session.position));
            if (session.difference)
                figure.difference = std::to_string(session.difference->first) + "," +
                                    std::to_string(session.difference->second);
            for (const auto& [setting, value] : drawn.panel->figureOptions(session))
                use(setting, value);
        }
        if (set != session.panels.end() && set->second.view == view.name)
            figure.limit = set->second.limit;
        if (const auto own = session.panels.find(name + '/' + view.name);
            own != session.panels.end())
            figure.limit = own->second.limit;
        try {
            figures.draw(figure);
        } catch (const NothingToDraw& error) {
            leftOut.push_back(figure.output.filename().string() + " was left out: " + error.what());
            continue;
        }
        if (!options.common.quiet)
            std::printf("%s\n", figure.output.c_str());
    }
#endif
    return leftOut;
}

void makeFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw Error(folder.string(), "cannot be made: " + error.message());
}

int run(Options options, const Questions& questions) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    auto session = readSession(options.session);
    checkSession(session, questions);
    if (session.models.empty() && session.results.empty())
        throw Error(options.session, "holds no models and no results");
    if (!session.models.empty() && session.prompt.tokens.empty())
        throw Error(options.session, "holds models but no prompt");
    const auto length = static_cast<int>(session.prompt.tokens.size());
    if (!session.models.empty() && (session.position < 0 || session.position >= length))
        throw Error(options.session, "has the position " + std::to_string(session.position) +
                                         ", but the positions of its prompt run from 0 to " +
                                         std::to_string(length - 1));
    // Places of saved results' columns mean nothing among the models alone.
    const int models = static_cast<int>(session.models.size());
    if (session.difference &&
        std::max(session.difference->first, session.difference->second) >= models)
        session.difference.reset();
    makeFolder(options.folder);
    std::vector<std::string> warnings;
    if (models > 0) {
        options.common.dtype = name(session.numeric.dtype);
        options.common.device = session.numeric.device;
        const auto cache = openCache(options.common);
        const auto opened = openModels(session.models, options.common, progress);
        warnings = opened.warnings();
        for (const auto& question : questions) {
            const auto target = fs::path(options.folder) / (question.kind + ".h5");
            const auto said = question.writeSession(session, opened, cache.get(), progress, target,
                                                    options.common.quiet);
            if (!said)
                continue;
            warnings = joined(std::move(warnings), *said);
            if (!options.common.quiet)
                std::printf("%s\n", target.c_str());
            warnings = joined(std::move(warnings),
                              drawFigures(session, {target, "", &question}, options, questions));
        }
    }
    std::map<std::string, int> stems;
    for (const auto& result : session.results) {
        const auto stem = fs::path(result).stem().string();
        const int before = stems[stem]++; // files of one name in several folders
        const auto number = before == 0 ? "" : "-" + std::to_string(before + 1);
        warnings = joined(std::move(warnings),
                          drawFigures(session, {result, stem + number + "-"}, options, questions));
    }
    printWarnings(warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addRunSessionCommand(CLI::App& app, Action& action, const Questions& questions) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("run-session",
                                       "every result and figure of a session, without a display");
    command->add_option("SESSION", options->session, "a .residuum file")->required();
    command->add_option("-o,--output", options->folder, "the folder to write into")->required();
    command->add_option("--format", options->format, "of the figures")
        ->check(CLI::IsMember({"pdf", "svg", "png", "csv"}));
    command->add_option("--preset", options->preset, "as for figure, e.g. icml-column");
    addCommonOptions(*command, options->common);
    command->callback([&action, options, questions] {
        action = [options, questions] { return run(*options, questions); };
    });
}

} // namespace residuum
