#include "app/cli/pair_options.h"

#include "analysis/inputs/answer_token.h"
#include "analysis/inputs/pair_tasks.h"
#include "app/cli/options.h"
#include "core/task/error.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace residuum {

PairRequest PairOptions::request() const {
    PairRequest request;
    request.prependEndOfText = bos;
    const auto direct = clean.size() + cleanIds.size();
    if (clean.size() != corrupt.size())
        throw UsageError("--clean", "needs a --corrupt for each, and the other way round");
    if (cleanIds.size() != corruptIds.size())
        throw UsageError("--clean-ids", "needs a --corrupt-ids for each, and the other way round");
    if (!clean.empty() && !cleanIds.empty())
        throw UsageError("--clean", "cannot be mixed with --clean-ids");
    if (direct > 0 && (correct.size() != direct || incorrect.size() != direct))
        throw UsageError("--correct", "and --incorrect are needed once per pair of prompts; there "
                                      "are " +
                                          std::to_string(direct) + " pairs, " +
                                          std::to_string(correct.size()) + " correct and " +
                                          std::to_string(incorrect.size()) + " incorrect answers");
    if (direct == 0 && !(correct.empty() && incorrect.empty()))
        throw UsageError("--correct", "goes with --clean or --clean-ids; in a file, answers stand "
                                      "beside their prompts");
    for (std::size_t i = 0; i < direct; ++i) {
        PromptPair pair;
        if (cleanIds.empty()) {
            pair.clean = clean[i];
            pair.corrupt = corrupt[i];
        } else {
            pair.cleanIds = parseIds(cleanIds[i], "--clean-ids");
            pair.corruptIds = parseIds(corruptIds[i], "--corrupt-ids");
        }
        pair.correct = correct[i];
        pair.incorrect = incorrect[i];
        request.pairs.push_back(pair);
    }
    if (!file.empty())
        request.file = file;
    if (!task.empty())
        request.generated = GeneratedPairs{task, count.value_or(100), seed.value_or(0)};
    else if (count)
        throw UsageError("--pairs", "goes with --task only");
    else if (seed && file.empty() && direct < 2)
        throw UsageError("--seed", "goes with --task, --prompts or several pairs only");
    return request;
}

std::string pairTaskHelp() {
    std::string help;
    for (const auto& task : pairTasks())
        help += (help.empty() ? "" : "; ") + task.name + ": " + task.summary;
    return help;
}

void addPairSources(CLI::App& command, PairOptions& options) {
    addRepeatable(command, "--clean", options.clean, "the clean prompt (repeatable)");
    addRepeatable(command, "--corrupt", options.corrupt,
                  "the corrupted prompt, as many tokens (repeatable)");
    addRepeatable(command, "--clean-ids", options.cleanIds, "the clean prompt as token ids");
    addRepeatable(command, "--corrupt-ids", options.corruptIds,
                  "the corrupted prompt as token ids");
    addRepeatable(command, "--correct", options.correct,
                  "the clean prompt's answer: one token, or #id");
    addRepeatable(command, "--incorrect", options.incorrect, "the other answer: one token, or #id");
    command.add_option("--prompts", options.file,
                       "a .jsonl file with clean, corrupt, correct and incorrect per line");
    command.add_option("--task", options.task, "generated pairs. " + pairTaskHelp());
    command.add_option("--pairs", options.count, "how many of a task (default 100)");
}

void addPairOptions(CLI::App& command, PairOptions& options) {
    addPairSources(command, options);
    command
        .add_option("--seed", options.seed,
                    "of a task's generator, and of the pairs' intervals and p values "
                    "(default 0)")
        ->check(seedNumber());
    command.add_flag("--bos", options.bos, "prepend the end-of-text token");
}

} // namespace residuum
