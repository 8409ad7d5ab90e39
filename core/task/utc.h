// The time as result files and logs write it.
#pragma once

#include <ctime>
#include <string>

namespace residuum {

/// Now, ISO 8601 in UTC: "2026-01-31T12:00:00Z".
std::string utcNow();
/// A time of a file, likewise.
std::string utcText(std::time_t time);

} // namespace residuum
