#include "app/cli/commands.h"

#include "analysis/activations/run.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/result_size.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

namespace residuum {

namespace {


struct Options {
    std::vector<std::string> models;
    std::vector<std::string> activations;
    bool lastOnly = false;
    std::string output;
    InputOptions input;
    CommonOptions common;
};

std::vector<std::string> splitNames(const std::vector<std::string>& lists) {
    std::vector<std::string> names;
    for (const auto& list : lists) {
        for (std::size_t begin = 0; begin < list.size();) {
            const auto end = std::min(list.find(',', begin), list.size());
            if (end > begin)
                names.push_back(list.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    return names;
}

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    const RunRequest request{splitNames(options.activations), options.lastOnly};
    const auto inputRequest = options.input.request();
    const auto opened = openModels(options.models, options.common, progress);
    const auto input =
        resolveInput(inputRequest, opened.tokenizer(), opened.narrowestConfig(), progress);
    std::int64_t bytes = 0;
    for (const auto& info : opened.infos())
        bytes += runBytes(info, input.tokens, request);
    checkSize(static_cast<std::uint64_t>(bytes), options.output, "fewer --activations, --last-only",
              options.common.quiet);

    const ResultOrigin origin{"run",
                              runAnalysisVersion,
                              jsonLine(toJson(request)),
                              jsonLine(toJson(input)),
                              opened.infos(),
                              false};
    ResultFile file(options.output, origin, {{"tokens", &input.tokens}}, opened.tokenizer(),
                    static_cast<std::uint64_t>(bytes));
    for (std::size_t i = 0; i < opened.models.size(); ++i)
        runInto(file, i, *opened.models[i], input.tokens, request, progress);
    file.describeInput(input.account);
    file.commit();
    clearProgressLine(options.common.quiet);
    printWarnings(joined(opened.warnings(), warningsOf(input)), options.common.quiet);
    return exitSuccess;
}

} // namespace

void addRunCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("run", "logits and named activations");
    command->add_option("MODEL", options->models, "folders, Hub ids or demo:NAME")->required();
    command
        ->add_option("--activations", options->activations,
                     "TransformerLens names, separated by commas, or all")
        ->allow_extra_args(false)
        ->take_all();
    command->add_flag("--last-only", options->lastOnly, "logits at the last position only");
    command->add_option("-o,--output", options->output, "the result file (HDF5)")->required();
    addInputOptions(*command, options->input, "shuffle the dataset with this seed first");
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum
