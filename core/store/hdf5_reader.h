// Reads datasets and attributes of an HDF5 file. Free of HDF5's types.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

struct NumberArray {
    std::vector<std::int64_t> shape;
    std::vector<double> values; ///< row-major
};

/// Where a file comes from.
enum class FileOrigin {
    Own,     ///< this program wrote it into its own cache: its seal is enough
    Anywhere ///< whatever is in it: read through core/store/safe_copy.h
};

/// Every method throws Error naming the file and the dataset. Text of a variable length is read in
/// files of schema_version 1 only; the axes' own attributes (HDF5's dimension scales, which have no
/// other kind) are never read.
class Hdf5Reader {
  public:
    /// Reads the whole file once to check its seal (core/store/seal.h) where it has one.
    explicit Hdf5Reader(const std::filesystem::path& file, FileOrigin origin = FileOrigin::Own);
    ~Hdf5Reader();
    Hdf5Reader(const Hdf5Reader&) = delete;
    Hdf5Reader& operator=(const Hdf5Reader&) = delete;

    /// Whether the file was checked against its seal; false: it has none.
    bool sealed() const;
    bool contains(const std::string& path) const;
    /// Names of what a group holds, sorted.
    std::vector<std::string> children(const std::string& group) const;
    std::vector<std::int64_t> shape(const std::string& dataset) const;
    NumberArray numbers(const std::string& dataset) const;
    /// Gives the place for `count` numbers; asked once these are known to be in the file.
    using Room = std::function<double*(std::size_t count)>;
    /// All numbers of a dataset, to where there is room for them.
    void numbers(const std::string& dataset, const Room& room) const;
    std::vector<std::string> strings(const std::string& dataset) const;
    /// The block at `offset` of shape `count`, flattened.
    std::vector<double> numbers(const std::string& dataset, const std::vector<std::int64_t>& offset,
                                const std::vector<std::int64_t>& count) const;
    std::vector<std::string> strings(const std::string& dataset,
                                     const std::vector<std::int64_t>& offset,
                                     const std::vector<std::int64_t>& count) const;
    bool hasAttribute(const std::string& object, const std::string& name) const;
    std::string textAttribute(const std::string& object, const std::string& name) const;
    std::vector<double> numberAttribute(const std::string& object, const std::string& name) const;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
