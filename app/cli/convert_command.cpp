#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/result_size.h"
#include "app/resources.h"
#include "core/checkpoint/conversion.h"
#include "core/checkpoint/converted_config.h"
#include "core/checkpoint/model_files.h"
#include "core/model/tokenizer_choice.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <CLI/Validators.hpp>

#include <cstdio>

namespace residuum {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model;
    std::string to;
    std::string output;
    CommonOptions common;
};

void requireOtherFolder(const fs::path& model, const std::string& output) {
    std::error_code ignored;
    if (fs::equivalent(model, output, ignored))
        throw Error(output, "is the folder of the model itself; name another to write");
}

std::string sitesText(const Normalization& normalization) {
    std::string text;
    for (const auto& kind : normalizationSummaries())
        if (const auto count = normalization.countOf(kind); count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
    return counted(normalization.siteCount(), "site") + ": " + text;
}

std::string differenceText(const checkpoint::Converted& done) {
    if (done.relativeDifference == 0.0 && done.belowNormal == 0)
        return "every value is kept exactly";
    auto text = withNumbers("largest relative difference of a value %.2g (in %s)",
                            done.relativeDifference, done.differsMost.c_str());
    if (done.belowNormal > 0)
        text += withNumbers("; of %s too small for all its digits one is off by %.2g at most",
                            counted(done.belowNormal, "value").c_str(), done.belowNormalDifference);
    return text;
}

/// What Hugging Face's own code makes of it, which knows one kind of site per model.
std::string elsewhereText(const Checkpoint& source, const checkpoint::Converted& done) {
    const bool plain = checkpoint::isPlain(source.normalization, source.config);
    if (plain && done.normalization == source.normalization)
        return {};
    return std::string("Hugging Face's GPT-2 does not read normalization_sites and normalises "
                       "every site as its layer_norm_epsilon says, which is ") +
           (plain ? "the same on this centred stream" : "not this model");
}

std::string tokenizerText(const fs::path& model, const TokenizerChoice& tokenizer,
                          const std::vector<std::string>& copied) {
    if (copied.empty())
        return "no tokenizer files, as the model has none";
    std::string text = "tokenizer files copied";
    if (tokenizer.folder != model)
        text += " from " + tokenizer.folder.string();
    return text;
}

void print(const std::string& output, const std::vector<std::string>& sentences) {
    for (const auto& sentence : sentences)
        if (!sentence.empty())
            std::printf("%s: %s\n", output.c_str(), sentence.c_str());
}

int convert(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    const auto location = resolveModel(options.model, resourceFolder() / "demo");
    requireOtherFolder(location.folder, options.output);
    const auto memory = openHashMemory(options.common);
    const auto source = openCheckpoint(location.folder, progress, memory.get());
    const auto conversion = checkpoint::conversionNamed(options.to, source);
    const auto tokenizer = chooseTokenizer(location, options.common.tokenizer,
                                           static_cast<std::size_t>(source.config.d_vocab));
    AtomicFolder folder(options.output, checkpoint::requireOwnModel);
    const auto bytes = checkpoint::convertedBytes(source, conversion);
    checkSize(bytes, options.output, "a smaller type", options.common.quiet);
    const auto done = checkpoint::convert(source, conversion, folder, progress);
    const auto copied = tokenizer.folder.empty()
                            ? std::vector<std::string>()
                            : checkpoint::copyTokenizerFiles(tokenizer.folder, folder);
    checkpoint::copyGenerationConfig(location.folder, folder);
    folder.commit();
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        print(options.output,
              {sitesText(done.normalization) + (done.untied ? "; the head is its own tensor" : ""),
               name(conversion.type) + ", " + bytesText(bytes) +
                   (conversion.preRmsNorm ? "" : "; " + differenceText(done)),
               elsewhereText(source, done), tokenizerText(location.folder, tokenizer, copied)});
    auto warnings = joined(source.warnings, tokenizer.warnings);
    if (!location.note.empty())
        warnings.push_back(location.note);
    printWarnings(warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addConvertCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "convert", "an equivalent checkpoint with RMSNorm, or of another storage type");
    command->add_option("MODEL", options->model, "folder, Hub id or demo:NAME")->required();
    command
        ->add_option("--to", options->to,
                     "pre-rmsnorm (exact for LayerNorm: the residual stream is centred), or a "
                     "storage type")
        ->required()
        ->check(CLI::IsMember(checkpoint::conversionNames()));
    command
        ->add_option("-o,--output", options->output,
                     "the folder to write; a model that convert has written there is replaced, any "
                     "other folder must be empty or new")
        ->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return convert(*options); }; });
}

} // namespace residuum
