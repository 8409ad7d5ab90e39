// A result file written anew: what residuum-reader does.
#pragma once

#include <filesystem>

namespace residuum {

/// Writes the groups, the datasets of numbers and texts and their attributes of `from` into `to`,
/// in the storage of schema_version 2; a file of version 1 becomes one of version 2. Left out is
/// what no reader of ours looks at: dimension scales' own attributes, other types. Throws Error
/// "FROM: why" for what result files never have (links, external storage, filters but deflate, more
/// extent than a file of its size can hold).
void convertResult(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace residuum
