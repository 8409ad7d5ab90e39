#include "app/cli/commands.h"

#include "analysis/activations/run.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <system_error>

namespace residuum {

namespace {

namespace fs = std::filesystem;

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

std::string gigabytes(std::int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GB", static_cast<double>(bytes) / 1e9);
    return text;
}

/// Announces a large result and refuses one that does not fit the disk.
void checkSize(std::int64_t bytes, const Options& options) {
    constexpr std::int64_t large = 2'000'000'000;
    std::error_code error;
    const fs::path output(options.output);
    const auto folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
    const auto space = fs::space(folder, error);
    if (!error && static_cast<std::uint64_t>(bytes) > space.available)
        throw Error(options.output, "needs " + gigabytes(bytes) + ", but the disk has only " +
                                        gigabytes(static_cast<std::int64_t>(space.available)) +
                                        " left; use fewer --activations, --last-only or another "
                                        "disk");
    if (bytes > large && !options.common.quiet)
        std::printf("%s will take %s\n", options.output.c_str(), gigabytes(bytes).c_str());
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
    checkSize(bytes, options);

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
