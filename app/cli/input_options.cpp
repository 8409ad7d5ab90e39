#include "app/cli/input_options.h"

#include "analysis/inputs/spacing_hint.h"

#include <utility>

namespace residuum {

void OptionsOf<PromptInput>::addTo(CLI::App& command, const std::vector<Setting>& settings,
                                   bool onePrompt) {
    std::string help = "shuffle the dataset with this seed first";
    for (const auto& setting : settings)
        if (setting.ofInput)
            help = (onePrompt ? "of " : "of the dataset's shuffle, a task's generator and of ") +
                   std::string(setting.help);
    addInputOptions(command, options_, help, onePrompt);
    if (!onePrompt)
        addPairSources(command, pairs_);
}

InputRequest OptionsOf<PromptInput>::request() const {
    auto request = options_.request();
    auto pairs = pairs_;
    if (!pairs.task.empty())
        pairs.seed = options_.seed;
    auto asked = pairs.request();
    if (asked.pairs.empty() && !asked.file && !asked.generated)
        return request;
    asked.prependEndOfText = std::exchange(request.prependEndOfText, false);
    request.pairs = std::move(asked);
    return request;
}

void addHints(std::vector<std::string>& warnings, const InputRequest& request,
              const std::vector<std::string>& answers, const Tokenizer* tokenizer) {
    if (tokenizer == nullptr)
        return;
    for (const auto& prompt : request.prompts)
        for (const auto& answer : answers)
            if (const auto hint = spacingHint(prompt, answer, *tokenizer)) {
                warnings.push_back("--prompt: " + *hint);
                return;
            }
}

void addHints(std::vector<std::string>&, const PairRequest&, const std::vector<std::string>&,
              const Tokenizer*) {}

} // namespace residuum
