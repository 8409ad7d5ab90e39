#include "analysis/inputs/input_account.h"

namespace residuum {

std::vector<std::string> warningsOf(const InputAccount& account, const std::string& what,
                                    const std::string& subject, const std::string& place) {
    auto warnings = account.notes;
    if (account.leftOut.empty())
        return warnings;
    const auto total = account.leftOut.size() + account.sourceLines.size();
    const auto& first = account.leftOut.front();
    warnings.push_back(subject + ": " + std::to_string(account.leftOut.size()) + " of " +
                       std::to_string(total) + " " + what + " were left out, the first: " + place +
                       " " + std::to_string(first.line) + ": " + first.reason);
    return warnings;
}

} // namespace residuum
