// What the window begins with, as options.
#pragma once

#include "analysis/question/beginning.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>
#include <vector>

namespace residuum {

struct WindowOptions {
    std::optional<std::string> prompt{}, corrupt{}, ids{}, corruptIds{}, target{}, versus{};
    bool bos = false;

    /// Empty: nothing is asked. Throws UsageError where options do not go together, or ask nothing
    /// of any of `models` (as named).
    std::optional<Beginning> beginning(const std::vector<std::string>& models) const;
};

void addWindowOptions(CLI::App& app, WindowOptions& options);

} // namespace residuum
