// A result file as text, read through HDF5 itself: what any other program sees of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace residuum::test {

enum class Detail {
    WithoutNumbers, ///< all but floating-point values, whose last bits depend on the processor
    Everything      ///< those too, exactly
};

/// Every group, dataset (type, axes, how it is stored, values) and attribute, sorted by name. Left
/// out: when the file was made and by which version.
std::string dump(const std::filesystem::path& file, Detail detail);

/// Floating-point values by "/dataset" and "/object @attribute".
std::map<std::string, std::vector<double>> numbersIn(const std::filesystem::path& file);

} // namespace residuum::test
