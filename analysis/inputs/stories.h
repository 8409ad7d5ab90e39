// Short stories to train small models on, written for this project: indirect objects, lists that
// are repeated, years, quoted speech, agreement, animals and colours, prices and times.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace residuum {

/// Endless stories of some sentences each, the same for the same seed on every machine. In the
/// templates of pairTasks() what follows is mostly, not always, the task's answer.
std::function<std::string()> storyGenerator(std::uint64_t seed);

} // namespace residuum
