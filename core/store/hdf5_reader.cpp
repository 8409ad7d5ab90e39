#include "core/store/hdf5_reader.h"

#include "core/store/hdf5_handle.h"
#include "core/store/seal.h"
#include "core/task/error.h"

#include <hdf5_hl.h>

#include <algorithm>

namespace residuum {

namespace {

/// Larger than any result that is read whole; a hostile extent must not become an allocation.
constexpr std::uint64_t maximumValues = std::uint64_t{1} << 31;

std::vector<std::int64_t> extent(hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
    if (rank > 0)
        H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    return {shape.begin(), shape.end()};
}

std::vector<std::string> takeStrings(std::vector<char*>& raw, hid_t type, hid_t space) {
    std::vector<std::string> values;
    for (const char* text : raw)
        values.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw.data());
    return values;
}

} // namespace

struct Hdf5Reader::Private {
    explicit Private(const std::filesystem::path& named) : path(named), seal(checkSeal(named)) {
        const auto lock = lockHdf5();
        file = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, path,
                          "cannot be opened as HDF5");
    }

    Hdf5Handle handle(hid_t id, Hdf5Handle::Close close, const std::string& object) const {
        return {id, close, path, object + " cannot be read"};
    }
    void check(herr_t result, const std::string& object) const {
        checkHdf5(result, path, object + " cannot be read");
    }
    std::size_t count(hid_t space, const std::string& object) const {
        const auto points = H5Sget_simple_extent_npoints(space);
        if (points < 0 || static_cast<std::uint64_t>(points) > maximumValues)
            throw Error(path.string(), object + " has an extent that cannot be read whole");
        return static_cast<std::size_t>(points);
    }

    /// `read(type, buffer)` reads a dataset or an attribute.
    template <class Read>
    std::vector<std::string> strings(hid_t type, hid_t space, const std::string& object,
                                     Read read) const {
        if (H5Tget_class(type) != H5T_STRING)
            throw Error(path.string(), object + " is not text");
        if (H5Tis_variable_str(type) <= 0)
            return fixedStrings(type, count(space, object), object, read);
        std::vector<char*> raw(count(space, object), nullptr);
        check(read(type, raw.data()), object);
        return takeStrings(raw, type, space);
    }

    /// Text of a fixed length, as numpy's "S" arrays are stored: padded with NULs.
    template <class Read>
    std::vector<std::string> fixedStrings(hid_t type, std::size_t total, const std::string& object,
                                          Read read) const {
        const std::size_t length = H5Tget_size(type);
        if (length == 0 || total > maximumValues / length)
            throw Error(path.string(), object + " has an extent that cannot be read whole");
        std::string raw(total * length, '\0');
        check(read(type, raw.data()), object);
        std::vector<std::string> values;
        for (std::size_t i = 0; i < total; ++i) {
            auto text = raw.substr(i * length, length);
            values.push_back(text.substr(0, text.find('\0')));
        }
        return values;
    }

    std::filesystem::path path;
    Seal seal;
    Hdf5Handle file;
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file) : d_(std::make_unique<Private>(file)) {}
Hdf5Reader::~Hdf5Reader() = default;

bool Hdf5Reader::sealed() const {
    return d_->seal == Seal::Whole;
}

bool Hdf5Reader::contains(const std::string& path) const {
    const auto lock = lockHdf5();
    // H5Lexists wants every group on the way to exist.
    for (auto end = path.find('/', 1);; end = path.find('/', end + 1)) {
        if (H5Lexists(d_->file, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0)
            return false;
        if (end == std::string::npos)
            return true;
    }
}

std::vector<std::string> Hdf5Reader::children(const std::string& group) const {
    const auto lock = lockHdf5();
    const auto opened = d_->handle(H5Gopen2(d_->file, group.c_str(), H5P_DEFAULT), H5Gclose, group);
    std::vector<std::string> names;
    const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
        static_cast<std::vector<std::string>*>(data)->emplace_back(name);
        return 0;
    };
    d_->check(H5Literate(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), group);
    return names;
}

NumberArray Hdf5Reader::numbers(const std::string& dataset) const {
    const auto lock = lockHdf5();
    const auto opened =
        d_->handle(H5Dopen2(d_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
    const auto space = d_->handle(H5Dget_space(opened), H5Sclose, dataset);
    NumberArray array;
    array.shape = extent(space);
    array.values.resize(d_->count(space, dataset));
    d_->check(
        H5Dread(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()),
        dataset);
    return array;
}

std::vector<std::string> Hdf5Reader::strings(const std::string& dataset) const {
    const auto lock = lockHdf5();
    const auto opened =
        d_->handle(H5Dopen2(d_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
    const auto space = d_->handle(H5Dget_space(opened), H5Sclose, dataset);
    const auto type = d_->handle(H5Dget_type(opened), H5Tclose, dataset);
    return d_->strings(type, space, dataset, [&](hid_t memory, void* buffer) {
        return H5Dread(opened, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
    });
}

bool Hdf5Reader::hasAttribute(const std::string& object, const std::string& name) const {
    const auto lock = lockHdf5();
    return H5Aexists_by_name(d_->file, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::string Hdf5Reader::textAttribute(const std::string& object, const std::string& name) const {
    const auto lock = lockHdf5();
    const auto label = object + " @" + name;
    const auto attribute = d_->handle(
        H5Aopen_by_name(d_->file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
        label);
    const auto space = d_->handle(H5Aget_space(attribute), H5Sclose, label);
    const auto type = d_->handle(H5Aget_type(attribute), H5Tclose, label);
    const auto values = d_->strings(type, space, label, [&](hid_t memory, void* buffer) {
        return H5Aread(attribute, memory, buffer);
    });
    return values.empty() ? std::string() : values.front();
}

std::vector<double> Hdf5Reader::numberAttribute(const std::string& object,
                                                const std::string& name) const {
    const auto lock = lockHdf5();
    const auto label = object + " @" + name;
    const auto attribute = d_->handle(
        H5Aopen_by_name(d_->file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
        label);
    const auto space = d_->handle(H5Aget_space(attribute), H5Sclose, label);
    std::vector<double> values(d_->count(space, label));
    d_->check(H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()), label);
    return values;
}

std::vector<std::string> Hdf5Reader::axisNames(const std::string& dataset) const {
    const auto lock = lockHdf5();
    const auto opened =
        d_->handle(H5Dopen2(d_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
    const auto space = d_->handle(H5Dget_space(opened), H5Sclose, dataset);
    std::vector<std::string> names(extent(space).size());
    const auto readName = [](hid_t, unsigned, hid_t scale, void* data) -> herr_t {
        char buffer[256] = {};
        H5DSget_scale_name(scale, buffer, sizeof buffer);
        *static_cast<std::string*>(data) = buffer;
        return 1; // the first scale is enough
    };
    for (std::size_t i = 0; i < names.size(); ++i)
        H5DSiterate_scales(opened, static_cast<unsigned>(i), nullptr, readName, &names[i]);
    return names;
}

} // namespace residuum
