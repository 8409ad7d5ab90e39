#include "app/cli/options.h"

#include "core/task/error.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace residuum {

namespace {

std::optional<std::int32_t> wholeNumber(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

/// A repeatable option that takes exactly one value each time.
void addRepeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                   const std::string& help) {
    command.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

std::string splitOf(const std::vector<TokenId>& ids, const Tokenizer& tokenizer) {
    std::string split;
    for (const auto id : ids)
        split += (split.empty() ? "\"" : " + \"") + tokenizer.text(id) + "\"";
    return split;
}

} // namespace

NumericSettings CommonOptions::numeric() const {
    return {parseDType(dtype), device};
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

void addInputOptions(CLI::App& command, InputOptions& options, const std::string& seedHelp) {
    addRepeatable(command, "--prompt", options.prompts, "a text (repeatable)");
    addRepeatable(command, "--ids", options.ids, "token ids, e.g. 1,2,3 (repeatable)");
    command.add_option("--dataset", options.dataset, "a .txt, .jsonl or .bin file");
    command.add_option("--sequences", options.sequences, "the dataset's first N sequences");
    command.add_option("--length", options.length, "cut sequences to this many tokens");
    command.add_option("--seed", options.seed, seedHelp);
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
    } else if (sequences || length) {
        throw UsageError(sequences ? "--sequences" : "--length", "goes with --dataset only");
    }
    request.prependEndOfText = bos;
    return request;
}

std::vector<TokenId> parseIds(const std::string& text) {
    std::vector<TokenId> ids;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto part = std::string_view(text).substr(begin, end - begin);
        const auto id = wholeNumber(part);
        if (!id)
            throw UsageError("--ids " + text, "'" + std::string(part) +
                                                  "' is no token id; whole numbers separated by "
                                                  "commas are expected, e.g. 1,2,3");
        ids.emplace_back(*id);
        begin = end + 1;
    }
    return ids;
}

TokenId parseToken(const std::string& text, const std::string& option, const Tokenizer* tokenizer,
                   int d_vocab) {
    const auto subject = option + " '" + text + "'";
    // A lone "#" is a token like any other.
    if (text.size() > 1 && text.front() == '#') {
        const auto id = wholeNumber(std::string_view(text).substr(1));
        if (id && *id < d_vocab)
            return TokenId(*id);
        if (id)
            throw UsageError(subject, "is outside the vocabulary; ids run from 0 to " +
                                          std::to_string(d_vocab - 1));
    }
    if (tokenizer == nullptr)
        throw UsageError(subject,
                         "the model has no tokenizer; name the token by its id, e.g. #1234");
    const auto ids = tokenizer->encode(text);
    if (ids.size() == 1)
        return ids.front();
    if (ids.empty())
        throw UsageError(subject, "is empty; exactly one token is expected, e.g. \" Mary\"");
    std::string hint;
    if (const auto spaced = tokenizer->single(" " + text))
        hint = "; \" " + text + "\" with a leading space is one token";
    throw UsageError(subject,
                     "is " + std::to_string(ids.size()) + " tokens, " + splitOf(ids, *tokenizer) +
                         "; exactly one token is expected, e.g. \" Mary\" or #1234" + hint);
}

} // namespace residuum
