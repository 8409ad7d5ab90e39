// What the user is told of anything that was thrown.
#pragma once

#include <exception>
#include <string>

namespace residuum {

/// One sentence: an Error's own words; of what a library threw, what it means here and none of its
/// wording.
std::string messageOf(const std::exception& error);

} // namespace residuum
