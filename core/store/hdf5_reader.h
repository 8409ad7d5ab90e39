// Reads datasets and attributes of an HDF5 file. Free of HDF5's types.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

struct NumberArray {
    std::vector<std::int64_t> shape;
    std::vector<double> values; ///< row-major
};

/// Every method throws Error naming the file and the dataset.
class Hdf5Reader {
  public:
    /// Reads the whole file once to check its seal (core/store/seal.h) where it has one.
    explicit Hdf5Reader(const std::filesystem::path& file);
    ~Hdf5Reader();
    Hdf5Reader(const Hdf5Reader&) = delete;
    Hdf5Reader& operator=(const Hdf5Reader&) = delete;

    /// Whether the file was checked against its seal; false: it has none.
    bool sealed() const;
    bool contains(const std::string& path) const;
    /// Names of what a group holds, sorted.
    std::vector<std::string> children(const std::string& group) const;
    NumberArray numbers(const std::string& dataset) const;
    std::vector<std::string> strings(const std::string& dataset) const;
    bool hasAttribute(const std::string& object, const std::string& name) const;
    std::string textAttribute(const std::string& object, const std::string& name) const;
    std::vector<double> numberAttribute(const std::string& object, const std::string& name) const;
    /// The dimension scales' names of a dataset's axes ("" where an axis has none).
    std::vector<std::string> axisNames(const std::string& dataset) const;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
