// A device that is not the CPU, for machines without one: "privateuseone". Its memory is the
// host's at addresses that cannot be read, and operations are computed there only where all
// operands are on it, so that whatever would fail on CUDA because tensors lie in different places,
// or because a file reads a device's memory, fails here too.
#pragma once

#include <cstdint>

namespace residuum::test {

/// How often something was waited for until now: numbers that came from the device, and operations
/// whose result's shape depends on numbers there.
std::int64_t timesWaitedFor();

} // namespace residuum::test
