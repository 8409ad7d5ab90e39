#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "core/model/model_info_json.h"
#include "core/task/wording.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace residuum {

namespace {

using nlohmann::ordered_json;

void line(const char* label, const std::string& value) {
    std::printf("%-15s %s\n", label, value.c_str());
}

void printSites(const Normalization& normalization) {
    for (std::size_t l = 0; l < normalization.blocks.size(); ++l) {
        const auto& block = normalization.blocks[l];
        std::printf("  layer %-3zu      ln1 (q, k): %s · ln1 (v): %s · ln2: %s\n", l,
                    siteText(block.ln1_qk).c_str(), siteText(block.ln1_v).c_str(),
                    siteText(block.ln2).c_str());
    }
    std::printf("  final          ln_final: %s\n", siteText(normalization.ln_f).c_str());
}

void print(const ModelInfo& info) {
    const auto& config = info.config;
    line("model", info.name);
    line("folder", info.folder);
    line("config", counted(config.n_layers, "layer") + ", " + counted(config.n_heads, "head") +
                       ", d_model " + std::to_string(config.d_model) + ", d_mlp " +
                       std::to_string(config.d_mlp) + ", vocabulary " +
                       std::to_string(config.d_vocab) + ", context " +
                       std::to_string(config.n_ctx));
    line("parameters", std::to_string(info.parameterCount));
    line("dtype", info.storedTypes);
    line("container", info.container);
    line("tokenizer", info.tokenizerOrigin.empty() ? "none; use token ids" : info.tokenizerOrigin);
    line("head", info.tiedHead ? "tied to the embedding" : "untied (lm_head.weight)");
    line("weights hash", info.weightsHash);
    line("normalization", info.normalization.label());
    printSites(info.normalization);
    for (const auto& warning : info.warnings)
        line("warning", warning);
}

} // namespace

void addInspectCommand(CLI::App& app, Action& action) {
    struct Options {
        std::string model;
        bool json = false;
        CommonOptions common;
    };
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("inspect", "what a checkpoint is, site by site");
    command->add_option("MODEL", options->model, "folder, Hub id or demo:NAME")->required();
    command->add_flag("--json", options->json, "as JSON");
    addCommonOptions(*command, options->common);
    command->callback([&action, options] {
        action = [options] {
            const InterruptGuard interrupt;
            auto progress = terminalProgress(interrupt.token(), options->common.quiet);
            const auto opened = openModels({options->model}, options->common, progress);
            clearProgressLine(options->common.quiet);
            const auto& info = opened.models.front()->info();
            if (options->json)
                std::printf("%s\n", toJson(info)
                                        .dump(2, ' ', false, ordered_json::error_handler_t::replace)
                                        .c_str());
            else
                print(info);
            return int{exitSuccess};
        };
    });
}

} // namespace residuum
