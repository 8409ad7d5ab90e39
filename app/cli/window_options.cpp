#include "app/cli/window_options.h"

#include "analysis/inputs/answer_token.h"
#include "core/task/error.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>

namespace residuum {

namespace {

void requireText(const std::optional<std::string>& text, const std::string& option) {
    if (text && text->empty())
        throw UsageError(option, "is empty; type at least one token");
}

void requireOne(const std::optional<std::string>& text, const std::optional<std::string>& ids,
                const std::string& option) {
    requireText(text, option);
    if (text && ids)
        throw UsageError(option, "cannot be mixed with ids of the same prompt");
}

std::vector<TokenId> idsOf(const std::optional<std::string>& ids, const std::string& option) {
    return ids ? parseIds(*ids, option) : std::vector<TokenId>();
}

} // namespace

std::optional<Beginning> WindowOptions::beginning(const std::vector<std::string>& models) const {
    if (!prompt && !corrupt && !ids && !corruptIds && !target && !versus && !bos)
        return std::nullopt;
    requireOne(prompt, ids, "--prompt");
    requireOne(corrupt, corruptIds, "--corrupt");
    requireText(target, "--target");
    requireText(versus, "--versus");
    const bool onlyResults = std::all_of(models.begin(), models.end(),
                                         [](const auto& named) { return named.ends_with(".h5"); });
    if (onlyResults && !models.empty())
        throw UsageError(prompt ? "--prompt" : "the prompt",
                         "needs a model to be asked of; a result file has its own");
    return Beginning{prompt.value_or(""),
                     corrupt.value_or(""),
                     idsOf(ids, "--ids"),
                     idsOf(corruptIds, "--corrupt-ids"),
                     target.value_or(""),
                     versus.value_or(""),
                     bos};
}

void addWindowOptions(CLI::App& app, WindowOptions& options) {
    app.add_option("--prompt", options.prompt, "the text that the workbench begins with");
    app.add_option("--ids", options.ids, "the same as token ids, e.g. 1,2,3");
    app.add_option("--corrupt", options.corrupt, "the corrupted prompt, as many tokens");
    app.add_option("--corrupt-ids", options.corruptIds, "the same as token ids");
    app.add_option("--target", options.target,
                   "one token, #id, or argmax: each model's own top prediction");
    app.add_option("--versus", options.versus, "the token that the target is compared with");
    app.add_flag("--bos", options.bos, "prepend the end-of-text token");
}

} // namespace residuum
