#include "app/cli/setting_options.h"

#include "core/task/error.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace residuum {

namespace {

/// What it is, the range of a number, and what is usual.
std::string helpOf(const Setting& setting) {
    std::string help(setting.help);
    if (setting.isSwitch)
        return help;
    if (setting.isNumber)
        help += "; " + wholeNumberWords({"", setting.least, setting.most});
    if (const auto usual = setting.text(); !usual.empty())
        help += " (default " + usual + ")";
    return help;
}

} // namespace

void SettingOptions::addTo(CLI::App& command, const std::vector<Setting>& settings) {
    for (const auto& setting : settings) {
        const std::string option(setting.option);
        if (option.empty())
            continue;
        const auto help = helpOf(setting);
        if (setting.isSwitch)
            command.add_flag_callback(
                option, [this, option] { switches_[option] = true; }, help);
        else
            command.add_option_function<std::string>(
                option, [this, option](const std::string& text) { texts_[option] = text; }, help);
    }
}

void SettingOptions::apply(const std::vector<Setting>& settings,
                           std::optional<std::uint64_t> seed) const {
    for (const auto& setting : settings) {
        if (setting.ofInput && seed)
            setting.parse(std::to_string(*seed), {});
        else if (switches_.contains(setting.option))
            setting.parse(setting.text() == "true" ? "false" : "true", {});
        else if (const auto given = texts_.find(setting.option);
                 given != texts_.end() && !setting.needsTokens)
            setting.parse(given->second, {});
    }
    for (const auto& setting : settings)
        if ((texts_.contains(setting.option) || switches_.contains(setting.option)) &&
            !setting.counts())
            throw UsageError(std::string(setting.option),
                             "goes with " + std::string(setting.needs) + " only");
}

void SettingOptions::applyTokens(const std::vector<Setting>& settings,
                                 const TokenLookup& tokens) const {
    for (const auto& setting : settings)
        if (const auto given = texts_.find(setting.option);
            given != texts_.end() && setting.needsTokens)
            setting.parse(given->second, tokens);
}

std::vector<std::string> SettingOptions::tokenTexts(const std::vector<Setting>& settings) const {
    std::vector<std::string> texts;
    for (const auto& setting : settings)
        if (const auto given = texts_.find(setting.option);
            given != texts_.end() && setting.needsTokens && setting.text().starts_with('#') &&
            !given->second.starts_with('#'))
            texts.push_back(given->second);
    return texts;
}

} // namespace residuum
