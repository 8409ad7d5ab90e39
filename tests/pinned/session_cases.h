// Sessions that are pinned: their files are goldens themselves, with folders as "PINNED".
#pragma once

#include "pinned/goldens.h"
#include "pinned/program_inside.h"

#include <string>
#include <vector>

namespace residuum::test {

std::vector<std::string> sessionNames();
/// A session file's text as the program reads it in this workplace, and as it is pinned.
std::string sessionHere(const std::string& text, const Workplace& place);
std::string sessionPinned(const std::string& text, const Workplace& place);

/// `residuum run-session` of a pinned session into `place.output(name)`.
Said runSession(const std::string& name, const Workplace& place);

} // namespace residuum::test
