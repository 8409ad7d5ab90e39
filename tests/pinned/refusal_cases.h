// Settings on the command line that are mistyped, out of range or another kind's.
#pragma once

#include "pinned/goldens.h"

#include <string>
#include <vector>

namespace residuum::test {

/// Kinds that compute: what `residuum KIND` is tried with.
std::vector<std::string> computingKinds();
/// Arguments after `residuum`, of commands that are sound but for one setting; without -o.
std::vector<std::vector<std::string>> refusals(const std::string& kind, const Workplace& place);

} // namespace residuum::test
