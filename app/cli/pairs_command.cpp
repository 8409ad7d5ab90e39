#include "app/cli/commands.h"

#include "analysis/inputs/pair_tasks.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/pair_options.h"
#include "core/task/wording.h"

#include <cstdio>

namespace residuum {

namespace {

struct Options {
    std::string task;
    std::string model;
    int count = 100;
    std::uint64_t seed = 0;
    std::string output;
    CommonOptions common;
};

std::string textOf(const TokenSequence& sequence, const Tokenizer& tokenizer) {
    return tokenizer.decode(sequence.tokens);
}

/// Of the text up to a position, in bytes.
std::size_t endOf(const TokenSequence& sequence, int position, const Tokenizer& tokenizer) {
    std::size_t end = 0;
    for (int t = 0; t <= position; ++t)
        end += tokenizer.bytes(sequence.tokens[static_cast<std::size_t>(t)]).size();
    return end;
}

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    PairRequest request;
    request.generated = GeneratedPairs{options.task, options.count, options.seed};
    const auto opened = openModels({options.model}, options.common, progress);
    const auto input =
        resolvePairs(request, opened.tokenizer(), opened.narrowestConfig(), progress);
    const auto& tokenizer = *opened.tokenizer();
    std::vector<PromptPair> pairs;
    const auto& roles = input.tokens.roles;
    for (std::size_t i = 0; i < input.tokens.size(); ++i) {
        const auto answer = input.tokens.answer(i);
        pairs.push_back({textOf(input.tokens.clean.sequences[i], tokenizer),
                         textOf(input.tokens.corrupt.sequences[i], tokenizer),
                         {},
                         {},
                         tokenizer.bytes(answer.correct),
                         tokenizer.bytes(answer.incorrect)});
        for (std::size_t role = 0; role < roles.names.size(); ++role)
            if (const int at = roles.positions[i][role]; at >= 0)
                pairs.back().roles.push_back(
                    {roles.names[role], endOf(input.tokens.clean.sequences[i], at, tokenizer) - 1});
    }
    writePairs(options.output, pairs);
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        std::printf("%s of %s\n", counted(pairs.size(), "pair").c_str(), options.task.c_str());
    printWarnings(joined(opened.warnings(), warningsOf(input)), options.common.quiet);
    return exitSuccess;
}

} // namespace

void addPairsCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "pairs", "aligned clean and corrupted prompts of a task, as JSONL for patch --prompts");
    command->add_option("TASK", options->task, pairTaskHelp())->required();
    command->add_option("MODEL", options->model, "whose tokenizer the pairs must fit")->required();
    command->add_option("--pairs", options->count, "how many (default 100)");
    command->add_option("--seed", options->seed, "of the generator (default 0)")
        ->check(seedNumber());
    command->add_option("-o,--output", options->output, "the .jsonl file")->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum
