// The results that a session stands for, one per panel that computes something.
#pragma once

#include "analysis/session/session.h"
#include "app/cli/opened_models.h"

#include <functional>
#include <string>
#include <vector>

namespace residuum {

struct SessionResult {
    std::string panel; ///< whose settings its figures have
    std::string stem;  ///< of the result's file
    std::function<bool(const Session&)> isAsked;
    /// Computes it, or takes it from the cache, and writes it. Returns warnings: what could not be
    /// kept in the cache. Throws Error.
    std::function<std::vector<std::string>(const Session&, const OpenedModels&, ResultCache*,
                                           Progress&, const std::filesystem::path& target)>
        write;
};

/// A new kind of result that sessions hold is added here and nowhere else.
std::vector<SessionResult> sessionResults();

} // namespace residuum
