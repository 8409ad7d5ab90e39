// What the command line knows and what it refuses: status and sentence of mistyped settings.
#include "pinned/program_inside.h"
#include "pinned/refusal_cases.h"

#include <sstream>

namespace residuum::test {
namespace {

using Strings = std::vector<std::string>;

/// As one would type it, for the eye.
std::string typed(const Strings& arguments, const Workplace& place) {
    std::string text;
    for (const auto& each : arguments) {
        const auto argument = place.normalised(each);
        const bool plain = !argument.empty() && argument.find(' ') == std::string::npos;
        text += (text.empty() ? "" : " ") + (plain ? argument : "'" + argument + "'");
    }
    return text;
}

TEST(PinnedRefusals, MistypedSettings) {
    const Workplace place;
    for (const auto& kind : computingKinds()) {
        std::string text;
        for (auto arguments : refusals(kind, place)) {
            text += typed(arguments, place);
            arguments.insert(arguments.end(), {"--quiet", "-o", place.output("result.h5")});
            const auto said = runInside(arguments, place.root());
            text += "\n  " + std::to_string(said.status) + " " + said.out + said.err +
                    (said.err.ends_with('\n') ? "" : "\n");
        }
        expectGolden("refusals/" + kind + ".txt", place.normalised(text));
    }
}

/// "--site" of "  --site TEXT   of a patch result".
std::string optionsIn(const std::string& help) {
    std::istringstream lines(help);
    std::string line, options;
    while (std::getline(lines, line))
        if (line.starts_with("  -"))
            options += "  " + line.substr(2, line.find(' ', 2) - 2) + "\n";
    return options;
}

TEST(PinnedRefusals, OptionsOfEveryCommand) {
    std::istringstream commands(runInside({"--commands"}).out);
    std::string text = "residuum\n" + optionsIn(runInside({"--help"}).out), line;
    while (std::getline(commands, line)) {
        const auto command = line.substr(0, line.find(' '));
        text += line + "\n" + optionsIn(runInside({command, "--help"}).out);
    }
    expectGolden("refusals/options.txt", text);
}

} // namespace
} // namespace residuum::test
