// A request's settings as options of a subcommand.
#pragma once

#include "analysis/question/settings.h"

#include <CLI/App.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// What was given for a request's settings.
class SettingOptions {
  public:
    void addTo(CLI::App& command, const std::vector<Setting>& settings);

    /// Sets what needs no model; `seed`: the input's, where a setting is the same. Throws
    /// UsageError naming an option that is mistyped, out of range, or means nothing beside the
    /// others.
    void apply(const std::vector<Setting>& settings, std::optional<std::uint64_t> seed) const;
    /// Sets what needs the models' tokens, after `apply`. Throws UsageError.
    void applyTokens(const std::vector<Setting>& settings, const TokenLookup& tokens) const;
    /// Texts, no ids, that were given for tokens.
    std::vector<std::string> tokenTexts(const std::vector<Setting>& settings) const;

  private:
    std::map<std::string, std::string, std::less<>> texts_; ///< given, by option
    std::map<std::string, bool, std::less<>> switches_;
};

} // namespace residuum
