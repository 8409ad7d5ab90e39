// The subcommand of a question: everything it takes comes from the question's description.
#pragma once

#include "app/cli/answers_file.h"
#include "app/cli/commands.h"
#include "app/cli/input_options.h"
#include "app/cli/setting_options.h"
#include "core/store/result_cache.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// The place of the model that --chosen-on names. Throws UsageError.
int placeOf(const std::string& wanted, const OpenedModels& opened);

template <Question Q>
class QuestionCommand {
  public:
    void addTo(CLI::App& app, Action& action, const std::shared_ptr<QuestionCommand>& self) {
        auto* command = app.add_subcommand(Q::kind, Q::description);
        command->add_option("MODEL", models_, "folders, Hub ids or demo:NAME")->required();
        settings_.addTo(*command, settingsOf(request_));
        if constexpr (Follows<Q>)
            command->add_option("--chosen-on", chosenOn_,
                                "the model whose choice is followed in all; else each has its own");
        if constexpr (Costs<Q>)
            command->add_option("--memory", memory_,
                                "working memory beyond the weights, e.g. 512M (default 1G)");
        command->add_option("-o,--output", output_, "the result file (HDF5)")
            ->required(Q::needsFile);
        input_.addTo(*command, settingsOf(request_), Q::onePrompt);
        addCommonOptions(*command, common_);
        command->callback([&action, self] { action = [self] { return self->run(); }; });
    }

  private:
    int run() {
        const InterruptGuard interrupt;
        auto progress = terminalProgress(interrupt.token(), common_.quiet);
        settings_.apply(settingsOf(request_), input_.seed());
        const auto memory = static_cast<std::int64_t>(parseByteSize(memory_, "--memory"));
        const auto inputRequest = input_.request();
        const auto cache = openCache(common_);
        const auto opened = openModels(models_, common_, progress);
        const auto* tokenizer = opened.tokenizer();
        settings_.applyTokens(settingsOf(request_), {tokenizer, opened.narrowestConfig().d_vocab});
        const int chooser = chosenOn_.empty() ? -1 : placeOf(chosenOn_, opened);
        const auto input =
            Q::resolve(inputRequest, request_, tokenizer, opened.narrowestConfig(), progress);
        auto warnings = joined(opened.warnings(), warningsOf(input));
        addHints(warnings, inputRequest, settings_.tokenTexts(settingsOf(request_)), tokenizer);
        const auto found = answersInto<Q>(output_, opened, cache.get(), input, request_, progress,
                                          {memory, memory_, chooser, common_.quiet});
        if (!common_.quiet || output_.empty())
            for (const auto& result : found.results)
                std::fputs(Q::summary(*result).c_str(), stdout);
        printWarnings(joined(std::move(warnings), found.warnings), common_.quiet);
        return exitSuccess;
    }

    std::vector<std::string> models_;
    typename Q::Request request_;
    SettingOptions settings_;
    OptionsOf<typename Q::Input> input_;
    std::string chosenOn_, memory_ = "1G", output_;
    CommonOptions common_;
};

template <Question Q>
void addQuestionCommand(CLI::App& app, Action& action) {
    const auto command = std::make_shared<QuestionCommand<Q>>();
    command->addTo(app, action, command);
}

} // namespace residuum
