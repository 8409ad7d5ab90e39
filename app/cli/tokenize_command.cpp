#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/options.h"
#include "app/resources.h"
#include "core/checkpoint/vocabulary_size.h"
#include "core/model/tokenizer_choice.h"
#include "core/task/error.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace residuum {

namespace {

struct Options {
    std::string model;
    std::optional<std::string> text;
    std::string file;
    bool json = false;
    CommonOptions common;
};

std::string readBytes(const std::string& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        throw Error(file, "is a folder, expected a file with text");
    std::ifstream stream(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw Error(file, "cannot be read; is the path right?");
    return bytes;
}

bool hasItsOwn(const std::filesystem::path& folder) {
    return Tokenizer::isPresent(folder) || Tokenizer::isHalf(folder);
}

/// Needs no weights: any folder with tokenizer files will do.
TokenizerChoice tokenizerFor(const Options& options) {
    const auto& named = options.common.tokenizer;
    if (!named.empty())
        return chooseTokenizer({}, named, {});
    const auto location = hasItsOwn(options.model)
                              ? ModelLocation{options.model, options.model, options.model}
                              : resolveModel(options.model, resourceFolder() / "demo");
    auto size = checkpoint::configuredVocabularySize(location.folder);
    if (!size && !hasItsOwn(location.folder))
        size = readConfig(location.folder / "config.json").d_vocab; // throws what is wrong with it
    auto choice = chooseTokenizer(location, {}, size);
    if (choice.refusing)
        (void)choice.refusing->encode({}); // throws the reason
    if (!choice.tokenizer)
        throw Error(options.model,
                    "has no tokenizer, and no GPT-2 with the same vocabulary lies beside it or in "
                    "the Hub cache; name a folder with --tokenizer");
    return choice;
}

int tokenize(const Options& options) {
    if (options.text.has_value() == !options.file.empty())
        throw UsageError("tokenize", "give either TEXT or --file FILE");
    const auto choice = tokenizerFor(options);
    const auto& tokenizer = choice.tokenizer;
    const auto ids = tokenizer->encode(options.text ? *options.text : readBytes(options.file));
    if (!options.json) {
        for (const auto id : ids)
            std::printf("%d\t%s\n", id.value, oneLine(tokenizer->text(id)).c_str());
        printWarnings(choice.warnings, options.common.quiet);
        return exitSuccess;
    }
    nlohmann::ordered_json json{{"ids", nlohmann::ordered_json::array()},
                                {"tokens", nlohmann::ordered_json::array()}};
    for (const auto id : ids) {
        json["ids"].push_back(id.value);
        json["tokens"].push_back(tokenizer->text(id));
    }
    std::printf("%s\n", json.dump().c_str());
    printWarnings(choice.warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addTokenizeCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("tokenize", "the token ids of a text");
    command->add_option("MODEL", options->model, "model or folder with tokenizer files")
        ->required();
    command->add_option("TEXT", options->text, "the text");
    command->add_option("--file", options->file, "read the text from a file, byte for byte");
    command->add_flag("--json", options->json, "as JSON");
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return tokenize(*options); }; });
}

} // namespace residuum
