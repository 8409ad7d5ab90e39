// How a file looks to other programs: our own readers never look there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace residuum::test {

/// "" where an axis has none.
std::vector<std::string> axisNames(const std::filesystem::path& file, const std::string& dataset);

/// "UTF-8, null-padded" where a text is stored so. `object`: a dataset, or "GROUP @ATTRIBUTE".
std::string textPadding(const std::filesystem::path& file, const std::string& object);

} // namespace residuum::test
