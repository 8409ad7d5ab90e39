// Where the files shipped with the program lie.
#pragma once

#include <filesystem>

namespace residuum {

/// The `resources` folder: beside an installed program in share/residuum, else in the source tree
/// it was built from.
std::filesystem::path resourceFolder();

} // namespace residuum
