// Writes a result file: groups, labelled axes, datasets, attributes. Free of HDF5's types.
#pragma once

#include "core/store/atomic_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace residuum {

enum class StoredNumber { Float32, Float64, Int32 };
std::size_t byteSize(StoredNumber type);

/// `text` as a result file holds it: a NUL, which would end it, becomes the four characters `\x00`.
std::string storable(const std::string& text);

/// The path of an axis made by `Hdf5Writer::axis`, e.g. "/pos" or "/models/m/layer".
struct AxisRef {
    std::string path;
};

/// How a dataset lies in the file.
struct StorageLayout {
    /// Of the axes; empty: in one piece. A chunk of which nothing is written takes no space.
    std::vector<std::int64_t> chunk;
    bool compressed = false; ///< each chunk by itself; write whole chunks then
};

/// Compressed in chunks of whole trailing axes where that pays, as tried on `sample`; else in one
/// piece.
StorageLayout storageFor(std::span<const double> sample, StoredNumber type,
                         const std::vector<std::int64_t>& shape);

using AttributeValue = std::variant<std::string, double, std::int64_t, std::vector<double>>;

/// Missing groups are made on the way. Every method throws Error (disk full, …); nothing appears at
/// `target` before `commit`.
class Hdf5Writer {
  public:
    /// `expectedBytes`: of all datasets; a file that is expected to be large is not held in memory,
    /// and its space on the disk is reserved now.
    explicit Hdf5Writer(const std::filesystem::path& target, std::uint64_t expectedBytes = 0);
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    void group(const std::string& path);
    /// `object`: a group or dataset; "/" for the file.
    /// A text of more than 60,000 bytes becomes a scalar dataset of that name: HDF5 has no room for
    /// it in an attribute.
    void attribute(const std::string& object, const std::string& name, const AttributeValue& value);

    /// An axis with coordinates 0 … length-1, as an HDF5 dimension scale.
    AxisRef axis(const std::string& path, std::int64_t length);
    /// An axis whose coordinates are labels.
    AxisRef axis(const std::string& path, const std::vector<std::string>& labels);
    /// An axis whose coordinates are `values`, e.g. neuron numbers.
    AxisRef axis(const std::string& path, const std::vector<std::int32_t>& values);

    /// A dataset of the axes' lengths, filled with NaN (-1 for integers) until written. HDF5 lets
    /// some 4,085 datasets share an axis: an axis 0 … length-1 that is full is made again in the
    /// dataset's group; throws Error with the number that fits where that is full too.
    void create(const std::string& path, StoredNumber type, const std::vector<AxisRef>& axes,
                const StorageLayout& layout = {});
    /// Writes the block at `offset` of shape `count`; values are converted to the stored type.
    void write(const std::string& path, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::span<const double> values);
    void write(const std::string& path, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::span<const float> values);
    void write(const std::string& path, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::span<const std::int32_t> values);
    /// create + write of a whole dataset, compressed where that pays.
    void dataset(const std::string& path, StoredNumber type, const std::vector<AxisRef>& axes,
                 std::span<const double> values);
    void strings(const std::string& path, const std::vector<AxisRef>& axes,
                 const std::vector<std::string>& values);
    /// Texts whose `storable` form has at most `bytes` bytes, empty until written.
    void createStrings(const std::string& path, std::size_t bytes, const std::vector<AxisRef>& axes,
                       const StorageLayout& layout = {});
    void write(const std::string& path, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::span<const std::string> values);

    /// Closes, seals (core/store/seal.h), reopens and checks, fsyncs and renames the file.
    void commit();

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace residuum
