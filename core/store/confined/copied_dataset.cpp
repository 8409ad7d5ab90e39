#include "core/store/confined/copied_dataset.h"

#include "core/store/text_storage.h"

#include <algorithm>
#include <cstring>

namespace residuum {

namespace {

constexpr std::uint64_t blockBytes = std::uint64_t{1} << 23U;

} // namespace

Extents CopiedDatasets::chunkOf(hid_t creation, const Extents& shape,
                                const std::string& object) const {
    Extents unit(shape.size(), 1);
    switch (H5Pget_layout(creation)) {
    case H5D_COMPACT:
    case H5D_CONTIGUOUS:
        if (H5Pget_external_count(creation) != 0)
            refuse(object, "lies in another file");
        return unit;
    case H5D_CHUNKED: {
        std::vector<hsize_t> chunk(shape.size());
        if (H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) !=
            static_cast<int>(chunk.size()))
            read(-1, object);
        for (std::size_t i = 0; i < chunk.size(); ++i)
            unit[i] = std::max<std::uint64_t>(1, std::min<std::uint64_t>(chunk[i], shape[i]));
        return unit;
    }
    default:
        refuse(object, "is stored in a way that results are not");
    }
}

bool CopiedDatasets::isDeflated(hid_t creation, const std::string& object) const {
    bool deflated = false;
    for (int i = 0; i < H5Pget_nfilters(creation); ++i) {
        unsigned flags = 0, settings[8] = {};
        std::size_t count = 8;
        char name[8] = {};
        const auto filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &count,
                                           settings, sizeof name, name, nullptr);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE)
            refuse(object, "is compressed in a way that results are not");
        deflated = deflated || filter == H5Z_FILTER_DEFLATE;
    }
    return deflated;
}

bool CopiedDatasets::dataset(hid_t opened, const std::string& path) {
    const auto type = in(H5Dget_type(opened), H5Tclose, path);
    const auto space = in(H5Dget_space(opened), H5Sclose, path);
    const auto shape = shapeOf(space, path);
    const auto creation = in(H5Dget_create_plist(opened), H5Pclose, path);
    const auto unit = chunkOf(creation, shape, path);
    const bool deflated = isDeflated(creation, path);
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
        numbers(opened, creation, numberType(type), shape, unit, deflated, path);
        return true;
    case H5T_STRING:
        if (H5Tis_variable_str(type) != 0)
            looseTexts(opened, shape, unit, path);
        else
            texts(opened, type, shape, unit, path);
        return true;
    default:
        return false;
    }
}

hid_t CopiedDatasets::numberType(hid_t type) {
    const bool wide = H5Tget_size(type) > 4;
    if (H5Tget_class(type) == H5T_FLOAT)
        return wide ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
    return wide || H5Tget_sign(type) == H5T_SGN_NONE ? H5T_NATIVE_INT64 : H5T_NATIVE_INT32;
}

Hdf5Handle CopiedDatasets::create(const std::string& path, hid_t type, const Extents& shape,
                                  hid_t creation) {
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const auto space =
        out(H5Screate_simple(static_cast<int>(shape.size()), extents.data(), nullptr), H5Sclose);
    return out(H5Dcreate2(to_, path.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT),
               H5Dclose);
}

Hdf5Handle CopiedDatasets::creationOf(const Extents& shape, const Extents& unit,
                                      std::uint64_t bytesEach, bool deflated,
                                      const std::string& object) const {
    auto properties = out(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    written(H5Pset_fill_time(properties, H5D_FILL_TIME_ALLOC)); // what is not written is filled
    if (!deflated && pointsOf(unit) == 1)
        return properties;
    if (pointsOf(unit) * bytesEach > 4 * blockBytes)
        refuse(object, "lies in larger chunks than results do");
    const std::vector<hsize_t> chunk(unit.begin(), unit.end());
    if (!shape.empty())
        written(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()));
    if (deflated && !shape.empty()) {
        written(H5Pset_shuffle(properties));
        written(H5Pset_deflate(properties, 1)); // it is read once
    }
    return properties;
}

CopiedDatasets::Selection CopiedDatasets::select(hid_t dataset, const Extents& offset,
                                                 const Extents& count,
                                                 const std::string& object) const {
    const std::vector<hsize_t> at(offset.begin(), offset.end()),
        extents(count.begin(), count.end());
    Selection chosen{in(H5Dget_space(dataset), H5Sclose, object),
                     in(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                        H5Sclose, object)};
    if (!count.empty())
        read(H5Sselect_hyperslab(chosen.file, H5S_SELECT_SET, at.data(), nullptr, extents.data(),
                                 nullptr),
             object);
    return chosen;
}

std::uint64_t CopiedDatasets::storedPoints(hid_t dataset, const Extents& shape, const Extents& unit,
                                           const std::string& object) const {
    if (H5Dget_storage_size(dataset) == 0)
        return 0;
    if (!isChunked(dataset, object))
        return pointsOf(shape);
    const auto chunks = chunkCount(dataset, object);
    const auto most = std::uint64_t{1} << 48U;
    return chunks > most / pointsOf(unit) ? most : chunks * pointsOf(unit);
}

bool CopiedDatasets::isChunked(hid_t dataset, const std::string& object) const {
    const auto creation = in(H5Dget_create_plist(dataset), H5Pclose, object);
    return H5Pget_layout(creation) == H5D_CHUNKED;
}

std::uint64_t CopiedDatasets::chunkCount(hid_t dataset, const std::string& object) const {
    const auto space = in(H5Dget_space(dataset), H5Sclose, object);
    hsize_t count = 0;
    read(H5Dget_num_chunks(dataset, space, &count), object);
    return count;
}

template <class Use>
void CopiedDatasets::forEachStored(hid_t dataset, const Extents& shape, const Extents& unit,
                                   std::uint64_t bytesEach, const std::string& object,
                                   const Use& use) const {
    if (H5Dget_storage_size(dataset) == 0)
        return;
    const auto chunks = isChunked(dataset, object) ? chunkCount(dataset, object) : 0;
    // HDF5 finds its n-th chunk by counting (some 30 ns each); walking over what is not stored
    // takes a nanosecond a byte.
    const auto counting = static_cast<double>(chunks) * static_cast<double>(chunks) * 15.0;
    if (chunks == 0 || counting > static_cast<double>(pointsOf(shape) * bytesEach)) {
        forEachBlock(shape,
                     blockShape(shape, unit, std::max<std::uint64_t>(1, blockBytes / bytesEach)),
                     use);
        return;
    }
    const auto space = in(H5Dget_space(dataset), H5Sclose, object);
    for (std::uint64_t chunk = 0; chunk < chunks; ++chunk) {
        std::vector<hsize_t> at(shape.size());
        read(H5Dget_chunk_info(dataset, space, chunk, at.data(), nullptr, nullptr, nullptr),
             object);
        Extents offset(at.begin(), at.end()), count(shape.size());
        bool inside = true;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            inside = inside && offset[axis] < shape[axis];
            count[axis] = std::min(unit[axis], shape[axis] - std::min(offset[axis], shape[axis]));
        }
        if (inside)
            use(offset, count);
    }
}

void CopiedDatasets::copyStored(hid_t from, hid_t to, hid_t memoryType, const Extents& shape,
                                const Extents& unit, const std::vector<char>& fill,
                                const std::string& object) const {
    std::vector<char> buffer;
    forEachStored(
        from, shape, unit, fill.size(), object, [&](const Extents& offset, const Extents& count) {
            buffer.resize(pointsOf(count) * fill.size());
            const auto source = select(from, offset, count, object);
            read(H5Dread(from, memoryType, source.memory, source.file, H5P_DEFAULT, buffer.data()),
                 object);
            const bool filled = std::memcmp(buffer.data(), fill.data(), fill.size()) == 0 &&
                                std::memcmp(buffer.data(), buffer.data() + fill.size(),
                                            buffer.size() - fill.size()) == 0;
            if (filled)
                return;
            const auto target = select(to, offset, count, object);
            // Bytes are written as they were read.
            written(H5Dwrite(to, out(H5Dget_type(to), H5Tclose), target.memory, target.file,
                             H5P_DEFAULT, buffer.data()));
        });
}

void CopiedDatasets::numbers(hid_t opened, hid_t creation, hid_t type, const Extents& shape,
                             const Extents& unit, bool deflated, const std::string& path) {
    const auto bytes = H5Tget_size(type);
    take(storedPoints(opened, shape, unit, path), sizeof(double), path);
    const auto properties = creationOf(shape, unit, bytes, deflated, path);
    std::vector<char> fill(bytes, '\0');
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    if (H5Pfill_value_defined(creation, &defined) >= 0 && defined == H5D_FILL_VALUE_USER_DEFINED) {
        read(H5Pget_fill_value(creation, type, fill.data()), path);
        written(H5Pset_fill_value(properties, type, fill.data()));
    }
    const auto made = create(path, type, shape, properties);
    copyStored(opened, made, type, shape, unit, fill, path);
}

void CopiedDatasets::texts(hid_t opened, hid_t type, const Extents& shape, const Extents& unit,
                           const std::string& path) {
    const std::uint64_t bytes = H5Tget_size(type);
    if (bytes == 0 || bytes > longestText)
        refuse(path, "claims a text longer than texts are");
    take(storedPoints(opened, shape, unit, path), bytes + sizeof(std::string), path);
    const bool large = pointsOf(shape) * bytes > 65'536;
    const auto pieces =
        pointsOf(unit) > 1 || !large
            ? unit
            : blockShape(shape, unit, std::max<std::uint64_t>(1, blockBytes / bytes));
    const auto made =
        create(path, utf8Type(bytes), shape, creationOf(shape, pieces, bytes, large, path));
    const auto stored = in(H5Tcopy(type), H5Tclose, path);
    read(H5Tset_strpad(stored, H5T_STR_NULLPAD), path);
    copyStored(opened, made, stored, shape, pieces, std::vector<char>(bytes, '\0'), path);
}

template <class Use>
void CopiedDatasets::forEachLoose(hid_t opened, const Extents& shape, const Extents& block,
                                  const std::string& path, const Use& use) const {
    const auto type = in(H5Dget_type(opened), H5Tclose, path);
    forEachBlock(shape, block, [&](const Extents& offset, const Extents& count) {
        std::vector<char*> raw(pointsOf(count), nullptr);
        const auto source = select(opened, offset, count, path);
        read(H5Dread(opened, type, source.memory, source.file, H5P_DEFAULT, raw.data()), path);
        use(offset, count, taken(raw, type, source.memory));
    });
}

void CopiedDatasets::looseTexts(hid_t opened, const Extents& shape, const Extents& unit,
                                const std::string& path) {
    requireLoose(path);
    take(pointsOf(shape), sizeof(std::string), path);
    const auto block = blockShape(shape, unit, 65'536);
    std::uint64_t bytes = 1;
    forEachLoose(opened, shape, block, path,
                 [&](const Extents&, const Extents&, const std::vector<std::string>& texts) {
                     bytes = std::max<std::uint64_t>(bytes, longestOf(texts));
                 });
    if (bytes > longestText)
        refuse(path, "claims a text longer than texts are");
    take(pointsOf(shape), bytes, path);
    const bool large = pointsOf(shape) * bytes > 65'536;
    const auto chunk =
        blockShape(shape, Extents(shape.size(), 1), std::max<std::uint64_t>(1, blockBytes / bytes));
    const auto type = utf8Type(bytes);
    const auto made =
        create(path, type, shape,
               creationOf(shape, large ? chunk : Extents(shape.size(), 1), bytes, large, path));
    forEachLoose(
        opened, shape, chunk, path,
        [&](const Extents& offset, const Extents& count, const std::vector<std::string>& texts) {
            const auto target = select(made, offset, count, path);
            written(H5Dwrite(made, type, target.memory, target.file, H5P_DEFAULT,
                             padded(texts, bytes).data()));
        });
}

} // namespace residuum
