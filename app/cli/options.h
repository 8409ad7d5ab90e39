// Options that several subcommands share, and how their texts become values.
#pragma once

#include "analysis/inputs/input_request.h"
#include "core/model/model.h"

#include <CLI/App.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// Options that work everywhere.
struct CommonOptions {
    std::string device = "cpu";
    std::string dtype = "float32";
    std::string tokenizer; ///< a folder; overrides where the tokenizer is looked for
    int threads = 0;       ///< 0: all cores
    bool noCache = false;
    bool quiet = false;

    NumericSettings numeric() const;
};

/// A repeatable option that takes exactly one value each time.
void addRepeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                   const std::string& help);

void addCommonOptions(CLI::App& command, CommonOptions& options);

/// Texts of --prompt, --ids, --dataset and theirs.
struct InputOptions {
    std::vector<std::string> prompts;
    std::vector<std::string> ids;
    std::string dataset;
    std::optional<int> sequences;
    std::optional<int> length;
    std::optional<std::uint64_t> seed;
    std::string split;
    std::optional<int> tokenWidth;
    bool bos = false;

    InputRequest request() const;
};

/// What CLI11 lets through as 0: nothing, numbers out of range, words.
CLI::Validator wholeNumber();
/// A number that fits a seed.
CLI::Validator seedNumber();

/// `seedHelp`: what --seed seeds in this subcommand; onePrompt: no options of a dataset.
void addInputOptions(CLI::App& command, InputOptions& options, const std::string& seedHelp,
                     bool onePrompt = false);

} // namespace residuum
