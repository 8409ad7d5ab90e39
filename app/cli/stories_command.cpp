#include "app/cli/commands.h"

#include "analysis/inputs/stories.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "core/store/atomic_file.h"
#include "core/task/wording.h"

#include <CLI/Validators.hpp>

#include <cstdio>

namespace residuum {

namespace {

struct Options {
    int count = 10'000;
    std::uint64_t seed = 0;
    std::string output;
    CommonOptions common;
};

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    progress.begin("writing stories", options.count);
    const auto next = storyGenerator(options.seed);
    std::string text;
    for (int i = 0; i < options.count; ++i) {
        text += (i == 0 ? "" : "<|endoftext|>") + next();
        progress.advance();
    }
    writeAtomically(options.output, text);
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        std::printf("%s: %d stories, %.1f MB\n", options.output.c_str(), options.count,
                    static_cast<double>(text.size()) / 1e6);
    return exitSuccess;
}

} // namespace

void addStoriesCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "stories", "procedural stories to train small models on, as a .txt dataset");
    command->add_option("--stories", options->count, "how many (default 10000)")
        ->check(wholeNumber())
        ->check(CLI::Range(1, 10'000'000));
    command->add_option("--seed", options->seed, "of the generator (default 0)")
        ->check(seedNumber());
    command->add_option("-o,--output", options->output, "the .txt file")->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum
