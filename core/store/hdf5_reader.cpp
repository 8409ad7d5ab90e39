#include "core/store/hdf5_reader.h"

#include "core/store/hdf5_handle.h"
#include "core/store/safe_copy.h"
#include "core/store/seal.h"
#include "core/task/error.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace residuum {

namespace {

std::vector<std::int64_t> extent(hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
    if (rank > 0)
        H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    return {shape.begin(), shape.end()};
}

std::vector<hsize_t> extents(const std::vector<std::int64_t>& values) {
    return {values.begin(), values.end()};
}

std::vector<std::string> takeStrings(std::vector<char*>& raw, hid_t type, hid_t space) {
    std::vector<std::string> values;
    for (const char* text : raw)
        values.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw.data());
    return values;
}

/// The texts of `length` bytes each, without what pads them.
std::vector<std::string> unpadded(const std::string& raw, std::size_t length) {
    std::vector<std::string> values;
    values.reserve(raw.size() / length);
    for (std::size_t at = 0; at < raw.size(); at += length) {
        const auto* text = raw.data() + at;
        values.emplace_back(text, std::find(text, text + length, '\0'));
    }
    return values;
}

Hdf5Reader::Room roomIn(std::vector<double>& values) {
    return [&values](std::size_t count) {
        values.resize(count);
        return values.data();
    };
}

std::string unreadable(const std::string& object) {
    return object + " is missing or cannot be read";
}

} // namespace

struct Hdf5Reader::Private {
    Private(const std::filesystem::path& named, FileOrigin origin)
        : path(named), seal(checkSeal(named)) {
        std::optional<SafeCopy> copy;
        if (origin == FileOrigin::Anywhere)
            copy.emplace(named);
        const auto lock = lockHdf5();
        file =
            Hdf5Handle(H5Fopen((copy ? copy->file() : path).c_str(), H5F_ACC_RDONLY, fileAccess()),
                       H5Fclose, path, "cannot be opened: what is in it is damaged");
        std::error_code unknown;
        const auto bytes = std::filesystem::file_size(path, unknown);
        left = readableBytes(unknown ? 0 : bytes);
    }

    Hdf5Handle handle(hid_t id, Hdf5Handle::Close close, const std::string& object) const {
        return {id, close, path, unreadable(object)};
    }
    void check(herr_t result, const std::string& object) const {
        checkHdf5(result, path, unreadable(object));
    }
    Hdf5Handle openDataset(const std::string& dataset) const {
        return handle(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose, dataset);
    }
    Hdf5Handle openAttribute(const std::string& object, const std::string& name) const {
        return handle(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose, object + " @" + name);
    }

    /// The points selected, `bytesEach` of which are made of `stored` bytes of the file.
    std::size_t count(hid_t space, std::uint64_t bytesEach, std::uint64_t stored,
                      const std::string& object) const {
        const auto points = H5Sget_select_npoints(space);
        if (points < 0 || bytesEach == 0 ||
            static_cast<std::uint64_t>(points) > readableBytes(stored) / bytesEach)
            throw Error(path.string(), object + " has an extent that cannot be read whole");
        return static_cast<std::size_t>(points);
    }

    /// What is held at once adds up.
    void takeWhole(std::uint64_t bytes, const std::string& object) const {
        if (bytes > left)
            throw Error(path.string(), object + " has an extent that cannot be read whole");
        left -= bytes;
    }

    /// A block of a dataset, or all of it.
    struct Selection {
        Hdf5Handle file, memory;
    };
    Selection select(hid_t dataset, const std::vector<std::int64_t>* offset,
                     const std::vector<std::int64_t>* count, const std::string& name) const {
        Selection chosen{handle(H5Dget_space(dataset), H5Sclose, name),
                         handle(H5Dget_space(dataset), H5Sclose, name)};
        if (offset == nullptr)
            return chosen;
        const auto shape = extent(chosen.file);
        bool inside = offset->size() == shape.size() && count->size() == shape.size();
        for (std::size_t i = 0; inside && i < shape.size(); ++i)
            inside = (*offset)[i] >= 0 && (*count)[i] >= 0 && (*offset)[i] <= shape[i] &&
                     (*count)[i] <= shape[i] - (*offset)[i];
        if (!inside)
            throw Error(path.string(), name + " does not have the extent it should have");
        check(H5Sselect_hyperslab(chosen.file, H5S_SELECT_SET, extents(*offset).data(), nullptr,
                                  extents(*count).data(), nullptr),
              name);
        chosen.memory = handle(
            H5Screate_simple(static_cast<int>(count->size()), extents(*count).data(), nullptr),
            H5Sclose, name);
        return chosen;
    }

    void numbers(const std::string& dataset, const std::vector<std::int64_t>* offset,
                 const std::vector<std::int64_t>* count_, const Room& room) const {
        const auto lock = lockHdf5();
        const auto opened = openDataset(dataset);
        const auto chosen = select(opened, offset, count_, dataset);
        const auto points =
            count(chosen.file, sizeof(double), H5Dget_storage_size(opened), dataset);
        if (offset == nullptr)
            takeWhole(points * sizeof(double), dataset);
        auto* values = room(points);
        if (points > 0)
            check(
                H5Dread(opened, H5T_NATIVE_DOUBLE, chosen.memory, chosen.file, H5P_DEFAULT, values),
                dataset);
    }

    std::vector<std::string> strings(const std::string& dataset,
                                     const std::vector<std::int64_t>* offset,
                                     const std::vector<std::int64_t>* count_) const {
        const auto lock = lockHdf5();
        const auto opened = openDataset(dataset);
        const auto chosen = select(opened, offset, count_, dataset);
        const auto type = handle(H5Dget_type(opened), H5Tclose, dataset);
        return strings(type, chosen.file, H5Dget_storage_size(opened), dataset,
                       [&](hid_t memory, void* buffer) {
                           return H5Dread(opened, memory, chosen.memory, chosen.file, H5P_DEFAULT,
                                          buffer);
                       });
    }

    /// `read(type, buffer)` reads what is selected of a dataset or an attribute.
    template <class Read>
    std::vector<std::string> strings(hid_t type, hid_t space, std::uint64_t stored,
                                     const std::string& object, Read read) const {
        if (H5Tget_class(type) != H5T_STRING)
            throw Error(path.string(), object + " is not text");
        if (H5Tis_variable_str(type) == 0) {
            const std::size_t length = H5Tget_size(type);
            const auto total = count(space, length + sizeof(std::string), stored, object);
            std::string raw(total * length, '\0');
            if (total > 0)
                check(read(type, raw.data()), object);
            return unpadded(raw, length);
        }
        if (schemaVersion() > 1)
            throw Error(path.string(), object + " is text of a variable length, which result "
                                                "files of this schema_version do not have");
        std::vector<char*> raw(count(space, sizeof(std::string), stored, object), nullptr);
        check(read(type, raw.data()), object);
        return takeStrings(raw, type, space);
    }

    /// 1 where the file does not say.
    double schemaVersion() const {
        double version = 1.0;
        if (H5Aexists(file, "schema_version") > 0) {
            const auto attribute = openAttribute("/", "schema_version");
            const auto space = handle(H5Aget_space(attribute), H5Sclose, "/");
            if (H5Sget_simple_extent_npoints(space) == 1)
                check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &version), "/ @schema_version");
        }
        return version;
    }

    std::filesystem::path path;
    Seal seal;
    Hdf5Handle file;
    mutable std::uint64_t left = 0; ///< bytes of memory for whole arrays of numbers
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file, FileOrigin origin)
    : d_(std::make_unique<Private>(file, origin)) {}
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

std::vector<std::int64_t> Hdf5Reader::shape(const std::string& dataset) const {
    const auto lock = lockHdf5();
    const auto opened = d_->openDataset(dataset);
    return extent(d_->handle(H5Dget_space(opened), H5Sclose, dataset));
}

NumberArray Hdf5Reader::numbers(const std::string& dataset) const {
    NumberArray array{shape(dataset), {}};
    numbers(dataset, roomIn(array.values));
    return array;
}

void Hdf5Reader::numbers(const std::string& dataset, const Room& room) const {
    d_->numbers(dataset, nullptr, nullptr, room);
}

std::vector<double> Hdf5Reader::numbers(const std::string& dataset,
                                        const std::vector<std::int64_t>& offset,
                                        const std::vector<std::int64_t>& count) const {
    std::vector<double> values;
    d_->numbers(dataset, &offset, &count, roomIn(values));
    return values;
}

std::vector<std::string> Hdf5Reader::strings(const std::string& dataset) const {
    return d_->strings(dataset, nullptr, nullptr);
}

std::vector<std::string> Hdf5Reader::strings(const std::string& dataset,
                                             const std::vector<std::int64_t>& offset,
                                             const std::vector<std::int64_t>& count) const {
    return d_->strings(dataset, &offset, &count);
}

bool Hdf5Reader::hasAttribute(const std::string& object, const std::string& name) const {
    const auto lock = lockHdf5();
    return H5Aexists_by_name(d_->file, object.c_str(), name.c_str(), H5P_DEFAULT) > 0 ||
           contains((object == "/" ? "" : object) + "/" + name);
}

std::string Hdf5Reader::textAttribute(const std::string& object, const std::string& name) const {
    const auto lock = lockHdf5();
    std::vector<std::string> values;
    const auto path = (object == "/" ? "" : object) + "/" + name;
    // A text that was too long for an attribute.
    if (H5Aexists_by_name(d_->file, object.c_str(), name.c_str(), H5P_DEFAULT) == 0 &&
        contains(path)) {
        values = strings(path);
    } else {
        const auto label = object + " @" + name;
        const auto attribute = d_->openAttribute(object, name);
        const auto space = d_->handle(H5Aget_space(attribute), H5Sclose, label);
        const auto type = d_->handle(H5Aget_type(attribute), H5Tclose, label);
        values = d_->strings(
            type, space, H5Aget_storage_size(attribute), label,
            [&](hid_t memory, void* buffer) { return H5Aread(attribute, memory, buffer); });
    }
    return values.empty() ? std::string() : values.front();
}

std::vector<double> Hdf5Reader::numberAttribute(const std::string& object,
                                                const std::string& name) const {
    const auto lock = lockHdf5();
    const auto label = object + " @" + name;
    const auto attribute = d_->openAttribute(object, name);
    const auto space = d_->handle(H5Aget_space(attribute), H5Sclose, label);
    std::vector<double> values(
        d_->count(space, sizeof(double), H5Aget_storage_size(attribute), label));
    d_->check(H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()), label);
    return values;
}

} // namespace residuum
