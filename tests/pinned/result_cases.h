// The requests whose results are pinned: between them every setting of every kind.
#pragma once

#include "pinned/goldens.h"

#include <string>
#include <vector>

namespace residuum::test {

struct ResultCase {
    std::string name;                   ///< of its goldens; begins with the kind
    std::vector<std::string> arguments; ///< of the program, without -o

    std::string kind() const { return arguments.front(); }
};

std::vector<ResultCase> resultCases(const Workplace& place);
/// The golden result file of a case.
std::filesystem::path goldenResult(const std::string& name);

} // namespace residuum::test
