#include "core/store/hdf5_writer.h"

#include "core/store/compression.h"
#include "core/store/hdf5_handle.h"
#include "core/store/seal.h"
#include "core/store/text_storage.h"
#include "core/task/error.h"

#include <hdf5_hl.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace residuum {

namespace {

hid_t fileType(StoredNumber type) {
    switch (type) {
    case StoredNumber::Float32:
        return H5T_IEEE_F32LE;
    case StoredNumber::Float64:
        return H5T_IEEE_F64LE;
    case StoredNumber::Int32:
        return H5T_STD_I32LE;
    }
    return -1;
}

hid_t memoryType(double) {
    return H5T_NATIVE_DOUBLE;
}
hid_t memoryType(float) {
    return H5T_NATIVE_FLOAT;
}
hid_t memoryType(std::int32_t) {
    return H5T_NATIVE_INT32;
}

std::vector<hsize_t> extents(const std::vector<std::int64_t>& values) {
    return {values.begin(), values.end()};
}

std::int64_t product(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// Larger files are written where they are going to be, on space that is reserved first.
constexpr std::uint64_t mostInMemory = std::uint64_t{32} << 20U;

/// HDF5 notes all users of an axis in one message of 64 KiB, 16 bytes each.
constexpr std::size_t mostUsers = 4'000;

} // namespace

std::size_t byteSize(StoredNumber type) {
    return type == StoredNumber::Float64 ? 8 : 4;
}

StorageLayout storageFor(std::span<const double> sample, StoredNumber type,
                         const std::vector<std::int64_t>& shape) {
    return compressionPays(sample, type) ? StorageLayout{chunkShape(shape, byteSize(type)), true}
                                         : StorageLayout();
}

struct Hdf5Writer::Private {
    Private(const std::filesystem::path& target, std::uint64_t expectedBytes)
        : atomic(target), inMemory(expectedBytes <= mostInMemory) {
        const auto lock = lockHdf5();
        const auto access = fileAccess();
        // Images of files in memory are only right with the oldest superblock.
        check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110));
        if (inMemory)
            check(H5Pset_fapl_core(access, std::size_t{1} << 20U, 0));
        const auto creation = handle(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
        check(H5Pset_userblock(creation, sealBytes));
        file = handle(H5Fcreate(atomic.temporary().c_str(), H5F_ACC_TRUNC, creation, access),
                      H5Fclose);
        if (!inMemory)
            reserveSpace(atomic.temporary(), expectedBytes + expectedBytes / 50 + mostInMemory,
                         target);
    }

    /// HDF5 does not survive a disk that fills up while it writes, so it writes into memory and its
    /// image is written here, where every byte is checked.
    void writeImage() const {
        check(H5Fflush(file, H5F_SCOPE_GLOBAL));
        const auto size = H5Fget_file_image(file, nullptr, 0);
        check(size < 0 ? -1 : 0);
        std::vector<char> image(sealBytes + static_cast<std::size_t>(size));
        check(H5Fget_file_image(file, image.data() + sealBytes, static_cast<std::size_t>(size)) < 0
                  ? -1
                  : 0);
        writeBytes(atomic.temporary(), image, atomic.target());
    }

    Hdf5Handle handle(hid_t id, Hdf5Handle::Close close) const {
        return {id, close, atomic.target(), "cannot be written"};
    }
    void check(herr_t result) const { checkHdf5(result, atomic.target(), "cannot be written"); }

    Hdf5Handle linkCreation() const {
        auto properties = handle(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
        check(H5Pset_create_intermediate_group(properties, 1));
        check(H5Pset_char_encoding(properties, H5T_CSET_UTF8));
        return properties;
    }

    Hdf5Handle newDataset(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                          hid_t creation) const {
        const auto space = handle(
            H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
        return handle(
            H5Dcreate2(file, path.c_str(), type, space, linkCreation(), creation, H5P_DEFAULT),
            H5Dclose);
    }

    void attach(hid_t dataset, const std::string& path, const std::vector<AxisRef>& axes) {
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto& axis = axes[i].path;
            const auto used = users[axis] < mostUsers ? axis : axisInGroup(axis, path);
            const auto scale = handle(H5Dopen2(file, used.c_str(), H5P_DEFAULT), H5Dclose);
            check(H5DSattach_scale(dataset, scale, static_cast<unsigned>(i)));
            check(H5DSset_label(dataset, static_cast<unsigned>(i), baseName(used)));
            ++users[used];
        }
    }

    /// The axis once more, beside a dataset for which it has no room.
    std::string axisInGroup(const std::string& axis, const std::string& dataset) {
        const auto own = dataset.substr(0, dataset.rfind('/') + 1) + baseName(axis);
        if (!counted.contains(axis) || own == axis || users[own] >= mostUsers)
            throw Error(atomic.target().string(), "at most " + std::to_string(mostUsers) +
                                                      " arrays of a group can share "
                                                      "the axis " +
                                                      baseName(axis) + "; ask for fewer at once");
        if (!lengths.contains(own)) {
            std::vector<std::int32_t> values(static_cast<std::size_t>(lengths.at(axis)));
            std::iota(values.begin(), values.end(), 0);
            makeScale(own, H5T_STD_I32LE, H5T_NATIVE_INT32, values.size(), values.data());
        }
        return own;
    }

    static const char* baseName(const std::string& path) {
        return path.c_str() + path.rfind('/') + 1;
    }

    std::vector<std::int64_t> shape(const std::vector<AxisRef>& axes) const {
        std::vector<std::int64_t> result;
        for (const auto& axis : axes)
            result.push_back(lengths.at(axis.path));
        return result;
    }

    template <class Value>
    void writeNumbers(const std::string& path, const std::vector<std::int64_t>& offset,
                      const std::vector<std::int64_t>& count, std::span<const Value> values) const {
        if (product(count) != static_cast<std::int64_t>(values.size()))
            throw std::logic_error("block shape does not match its values: " + path);
        const auto lock = lockHdf5();
        const auto dataset = handle(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
        writeBlock(dataset, offset, count, memoryType(Value{}), values.data());
    }

    void writeBlock(hid_t dataset, const std::vector<std::int64_t>& offset,
                    const std::vector<std::int64_t>& count, hid_t type, const void* values) const {
        const auto space = handle(H5Dget_space(dataset), H5Sclose);
        check(H5Sselect_hyperslab(space, H5S_SELECT_SET, extents(offset).data(), nullptr,
                                  extents(count).data(), nullptr));
        const auto memory =
            handle(H5Screate_simple(static_cast<int>(count.size()), extents(count).data(), nullptr),
                   H5Sclose);
        check(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, values));
    }

    /// Without it xarray takes texts of a fixed length for bytes.
    void nameEncoding(const std::string& path) const {
        writeText(file, path, "_Encoding", "utf-8", atomic.target());
    }

    AxisRef makeScale(const std::string& path, hid_t fileValues, hid_t memoryValues,
                      std::size_t length, const void* values) {
        const auto lock = lockHdf5();
        const auto scale = newDataset(path, fileValues, {length}, H5P_DEFAULT);
        if (length > 0)
            check(H5Dwrite(scale, memoryValues, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
        check(H5DSset_scale(scale, baseName(path)));
        lengths[path] = static_cast<std::int64_t>(length);
        return {path};
    }

    Hdf5Handle creation(const StorageLayout& layout) const {
        auto properties = handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        if (layout.chunk.empty())
            return properties;
        const auto chunk = extents(layout.chunk);
        check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()));
        if (layout.compressed) {
            check(H5Pset_shuffle(properties));
            check(H5Pset_deflate(properties, deflateLevel));
        }
        return properties;
    }

    void create(const std::string& path, StoredNumber type, const std::vector<AxisRef>& axes,
                const StorageLayout& layout) {
        const auto lock = lockHdf5();
        const auto properties = creation(layout);
        if (type == StoredNumber::Int32) {
            const std::int32_t fill = -1;
            check(H5Pset_fill_value(properties, H5T_NATIVE_INT32, &fill));
        } else {
            const double fill = std::numeric_limits<double>::quiet_NaN();
            check(H5Pset_fill_value(properties, H5T_NATIVE_DOUBLE, &fill));
        }
        const auto dataset = newDataset(path, fileType(type), extents(shape(axes)), properties);
        attach(dataset, path, axes);
    }

    AtomicFile atomic;
    bool inMemory;
    Hdf5Handle file;
    std::map<std::string, std::int64_t> lengths; ///< of the axes, by path
    std::map<std::string, std::size_t> users;    ///< datasets attached to each
    std::set<std::string> counted;               ///< axes 0 … length-1
};

Hdf5Writer::Hdf5Writer(const std::filesystem::path& target, std::uint64_t expectedBytes)
    : d_(std::make_unique<Private>(target, expectedBytes)) {}
Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::group(const std::string& path) {
    const auto lock = lockHdf5();
    d_->handle(H5Gcreate2(d_->file, path.c_str(), d_->linkCreation(), H5P_DEFAULT, H5P_DEFAULT),
               H5Gclose);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name,
                           const AttributeValue& value) {
    const auto lock = lockHdf5();
    const auto write = [&](hid_t space, hid_t type, const void* data) {
        const auto target = d_->handle(H5Oopen(d_->file, object.c_str(), H5P_DEFAULT), H5Oclose);
        const auto attribute = d_->handle(
            H5Acreate2(target, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        d_->check(H5Awrite(attribute, type, data));
    };
    const auto scalar = d_->handle(H5Screate(H5S_SCALAR), H5Sclose);
    if (const auto* text = std::get_if<std::string>(&value)) {
        writeText(d_->file, object, name, *text, d_->atomic.target());
    } else if (const auto* number = std::get_if<double>(&value)) {
        write(scalar, H5T_NATIVE_DOUBLE, number);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        write(scalar, H5T_NATIVE_INT64, integer);
    } else {
        const auto& numbers = std::get<std::vector<double>>(value);
        const hsize_t length = numbers.size();
        const auto line = d_->handle(H5Screate_simple(1, &length, nullptr), H5Sclose);
        write(line, H5T_NATIVE_DOUBLE, numbers.data());
    }
}

AxisRef Hdf5Writer::axis(const std::string& path, std::int64_t length) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(length));
    std::iota(values.begin(), values.end(), 0);
    d_->counted.insert(path);
    return axis(path, values);
}

AxisRef Hdf5Writer::axis(const std::string& path, const std::vector<std::int32_t>& values) {
    return d_->makeScale(path, H5T_STD_I32LE, H5T_NATIVE_INT32, values.size(), values.data());
}

AxisRef Hdf5Writer::axis(const std::string& path, const std::vector<std::string>& labels) {
    const auto lock = lockHdf5();
    const auto texts = storableTexts(labels);
    const auto bytes = std::max<std::size_t>(longestOf(texts), 1);
    const auto type = utf8Type(bytes);
    const auto axis = d_->makeScale(path, type, type, labels.size(), padded(texts, bytes).data());
    d_->nameEncoding(path);
    return axis;
}

void Hdf5Writer::create(const std::string& path, StoredNumber type,
                        const std::vector<AxisRef>& axes, const StorageLayout& layout) {
    d_->create(path, type, axes, layout);
}

void Hdf5Writer::write(const std::string& path, const std::vector<std::int64_t>& offset,
                       const std::vector<std::int64_t>& count, std::span<const double> values) {
    d_->writeNumbers(path, offset, count, values);
}

void Hdf5Writer::write(const std::string& path, const std::vector<std::int64_t>& offset,
                       const std::vector<std::int64_t>& count, std::span<const float> values) {
    d_->writeNumbers(path, offset, count, values);
}

void Hdf5Writer::write(const std::string& path, const std::vector<std::int64_t>& offset,
                       const std::vector<std::int64_t>& count,
                       std::span<const std::int32_t> values) {
    d_->writeNumbers(path, offset, count, values);
}

void Hdf5Writer::dataset(const std::string& path, StoredNumber type,
                         const std::vector<AxisRef>& axes, std::span<const double> values) {
    const auto shape = d_->shape(axes);
    d_->create(path, type, axes, storageFor(values, type, shape));
    if (product(shape) > 0)
        write(path, std::vector<std::int64_t>(shape.size(), 0), shape, values);
}

void Hdf5Writer::strings(const std::string& path, const std::vector<AxisRef>& axes,
                         const std::vector<std::string>& values) {
    createStrings(path, longestOf(storableTexts(values)), axes);
    const auto shape = d_->shape(axes);
    if (product(shape) > 0)
        write(path, std::vector<std::int64_t>(shape.size(), 0), shape, values);
}

void Hdf5Writer::createStrings(const std::string& path, std::size_t bytes,
                               const std::vector<AxisRef>& axes, const StorageLayout& layout) {
    const auto lock = lockHdf5();
    const auto properties = d_->creation(layout);
    const auto dataset =
        d_->newDataset(path, utf8Type(bytes), extents(d_->shape(axes)), properties);
    d_->attach(dataset, path, axes);
    d_->nameEncoding(path);
}

void Hdf5Writer::write(const std::string& path, const std::vector<std::int64_t>& offset,
                       const std::vector<std::int64_t>& count,
                       std::span<const std::string> values) {
    const auto lock = lockHdf5();
    const auto dataset = d_->handle(H5Dopen2(d_->file, path.c_str(), H5P_DEFAULT), H5Dclose);
    const auto type = d_->handle(H5Dget_type(dataset), H5Tclose);
    const auto texts = storableTexts(values);
    if (longestOf(texts) > H5Tget_size(type))
        throw std::logic_error("a text is longer than its dataset allows: " + path);
    const auto block = padded(texts, H5Tget_size(type));
    d_->writeBlock(dataset, offset, count, type, block.data());
}

void Hdf5Writer::commit() {
    const auto lock = lockHdf5();
    if (d_->inMemory)
        d_->writeImage();
    if (!d_->file.reset())
        throw Error(d_->atomic.target().string(),
                    "cannot be written: the disk may be full; nothing was left behind");
    d_->atomic.releaseReserved();
    seal(d_->atomic.temporary());
    // A file that HDF5 itself cannot open again must not replace a good one.
    d_->handle(H5Fopen(d_->atomic.temporary().c_str(), H5F_ACC_RDONLY, fileAccess()), H5Fclose);
    d_->atomic.commit();
}

} // namespace residuum
