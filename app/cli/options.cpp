#include "app/cli/options.h"

#include "analysis/inputs/answer_token.h"
#include "core/task/error.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <charconv>
#include <cstdint>

namespace residuum {

NumericSettings CommonOptions::numeric() const {
    return {parseDType(dtype), device};
}

void addRepeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                   const std::string& help) {
    command.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

void addCommonOptions(CLI::App& command, CommonOptions& options) {
    command.add_option("--device", options.device, "cpu, cuda, cuda:1 or mps");
    command.add_option("--dtype", options.dtype, "float32, float64 or bfloat16");
    command
        .add_option("--threads", options.threads, "threads to compute with (default: all cores)")
        ->check(CLI::Range(1, 4096));
    command.add_option("--tokenizer", options.tokenizer,
                       "folder with the tokenizer to use for every model");
    command.add_flag("--no-cache", options.noCache, "neither read nor write the result cache");
    command.add_flag("--quiet", options.quiet, "no progress, summary or warnings");
}

namespace {

template <class Value>
CLI::Validator numberOf(const std::string& type, const std::string& complaint) {
    return {[complaint](std::string& text) {
                Value value = 0;
                const auto* end = text.data() + text.size();
                const auto read = std::from_chars(text.data(), end, value);
                const bool good = read.ec == std::errc() && read.ptr == end;
                return good ? std::string() : "\"" + text + "\" " + complaint;
            },
            type};
}

} // namespace

CLI::Validator wholeNumber() {
    return numberOf<int>("INT", "is no whole number");
}

CLI::Validator seedNumber() {
    return numberOf<std::uint64_t>("UINT", "is no number from 0 to 18446744073709551615");
}

void addInputOptions(CLI::App& command, InputOptions& options, const std::string& seedHelp,
                     bool onePrompt) {
    const std::string often = onePrompt ? "" : " (repeatable)";
    addRepeatable(command, "--prompt", options.prompts, "a text" + often);
    addRepeatable(command, "--ids", options.ids, "token ids, e.g. 1,2,3" + often);
    const auto dataset = [&](const std::string& name, auto& value, const std::string& help) {
        return onePrompt ? nullptr : command.add_option(name, value, help);
    };
    const auto number = [&](const std::string& name, auto& value, const std::string& help) {
        if (auto* option = dataset(name, value, help))
            option->check(wholeNumber());
    };
    dataset("--dataset", options.dataset, "a .txt, .jsonl or .bin file");
    number("--sequences", options.sequences, "the dataset's first N sequences");
    number("--length", options.length, "cut sequences to this many tokens");
    command.add_option("--seed", options.seed, seedHelp)->check(seedNumber());
    dataset("--split", options.split,
            "a .txt into documents (at <|endoftext|>, default), lines or blocks");
    number("--token-width", options.tokenWidth,
           "bytes per id of a .bin: 2 (uint16, default) or 4 (uint32)");
    command.add_flag("--bos", options.bos, "prepend the end-of-text token");
}

InputRequest InputOptions::request() const {
    InputRequest request;
    request.prompts = prompts;
    for (const auto& list : ids)
        request.ids.push_back(parseIds(list));
    if (!dataset.empty()) {
        request.dataset = DatasetRequest{};
        request.dataset->file = dataset;
        request.dataset->sequences = sequences;
        request.dataset->length = length;
        request.dataset->seed = seed;
        if (!split.empty())
            request.dataset->split = parseTextSplit(split, "--split");
        request.dataset->tokenWidth = tokenWidth;
    } else if (sequences || length || tokenWidth || !split.empty()) {
        throw UsageError(sequences    ? "--sequences"
                         : length     ? "--length"
                         : tokenWidth ? "--token-width"
                                      : "--split",
                         "goes with --dataset only");
    }
    request.prependEndOfText = bos;
    return request;
}

} // namespace residuum
