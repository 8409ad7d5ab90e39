// The subcommand of a question: everything it takes comes from the question's description.
#pragma once

#include "app/cli/answers.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/input_options.h"
#include "app/cli/result_size.h"
#include "app/cli/setting_options.h"
#include "core/store/atomic_file.h"
#include "core/store/result_cache.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// The place of the model that --chosen-on names. Throws UsageError.
int placeOf(const std::string& wanted, const OpenedModels& opened);
/// That a computation takes more than --memory allows, as it must; "" where it does not.
std::string memoryWarning(const Model& model, const Cost& cost, const std::string& memory);

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
        command->add_option("-o,--output", output_, "the result file (HDF5)")->required();
        input_.addTo(*command, settingsOf(request_));
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
        { const AtomicFile refusedBeforeComputing(output_); }
        checkRoom(opened, input);
        auto warnings = joined(opened.warnings(), warningsOf(input));
        addHints(warnings, inputRequest, settings_.tokenTexts(settingsOf(request_)), tokenizer);
        warnings = joined(std::move(warnings), costs(opened, input, memory));
        const auto found =
            answers<Q>(cache.get(), opened, input, request_, progress, memory, chooser);
        warnings = joined(std::move(warnings), found.warnings);
        for (const auto& result : found.results)
            warnings = joined(std::move(warnings), Q::warnings(*result, input));
        saveResults<Q>(output_, found.results, input, request_, tokenizer);
        clearProgressLine(common_.quiet);
        if (!common_.quiet)
            for (const auto& result : found.results)
                std::fputs(Q::summary(*result).c_str(), stdout);
        printWarnings(warnings, common_.quiet);
        return exitSuccess;
    }

    void checkRoom(const OpenedModels& opened, const typename Q::Input& input) const {
        std::uint64_t bytes = 0;
        for (const auto& info : opened.infos())
            bytes += Q::bytes(info, input, request_);
        checkSize(bytes, output_, Q::less, common_.quiet);
        checkMemory(heldBytes(bytes, opened.infos().front()), "the result", Q::less, common_.quiet);
    }

    /// Announces what the models' computations take; returns warnings.
    std::vector<std::string> costs([[maybe_unused]] const OpenedModels& opened,
                                   [[maybe_unused]] const typename Q::Input& input,
                                   [[maybe_unused]] std::int64_t memory) const {
        std::vector<std::string> warnings;
        if constexpr (Costs<Q>)
            for (const auto& model : opened.models) {
                const Cost cost = Q::cost(*model, input, request_, memory);
                if (!cost.text.empty() && !common_.quiet)
                    std::printf("%s: %s\n", model->info().name.c_str(), cost.text.c_str());
                if (cost.bytes > memory)
                    warnings.push_back(memoryWarning(*model, cost, memory_));
            }
        return warnings;
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
