#include "core/store/confined/conversion.h"

#include "core/store/confined/copied_dataset.h"
#include "core/store/text_storage.h"

namespace residuum {

namespace {

constexpr int deepest = 12; ///< groups within groups
constexpr std::uint64_t mostObjects = 100'000;
constexpr std::uint64_t mostAttributePoints = 4096;

/// What HDF5 itself keeps with axes, through its heap of variable lengths.
bool belongsToAxes(const std::string& attribute) {
    for (const auto* own :
         {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "DIMENSION_LABELS"})
        if (attribute == own)
            return true;
    return false;
}

class Conversion : private CopiedDatasets {
  public:
    Conversion(const std::filesystem::path& from, const std::filesystem::path& to)
        : CopiedDatasets(from, to) {}

    void run() {
        const auto root = in(H5Gopen2(from_, "/", H5P_DEFAULT), H5Gclose, "/");
        attributes(root, "/");
        group(root, "", 0);
        if (!to_.reset())
            written(-1);
    }

  private:
    std::string shown(const std::string& path) const { return path.empty() ? "/" : path; }

    void group(hid_t opened, const std::string& path, int depth) {
        if (depth > deepest)
            refuse(shown(path), "lies too deep");
        std::vector<std::string> names;
        const auto collect = [](hid_t, const char* name, const H5L_info_t* link,
                                void* data) -> herr_t {
            auto& list = *static_cast<std::vector<std::string>*>(data);
            list.emplace_back(name);
            return link->type == H5L_TYPE_HARD && list.size() < mostObjects ? 0 : -1;
        };
        read(H5Literate(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), shown(path));
        for (const auto& name : names) {
            if (++objects_ > mostObjects)
                refuse(shown(path), "holds too many objects");
            object(opened, name, path + "/" + name, depth);
        }
    }

    void object(hid_t parent, const std::string& name, const std::string& path, int depth) {
        const auto opened = in(H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose, path);
        switch (H5Iget_type(opened)) {
        case H5I_GROUP:
            out(H5Gcreate2(to_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
            attributes(opened, path);
            group(opened, path, depth + 1);
            break;
        case H5I_DATASET:
            if (dataset(opened, path))
                attributes(opened, path);
            break;
        default:
            break;
        }
    }

    void attributes(hid_t opened, const std::string& path) {
        std::vector<std::string> names;
        const auto collect = [](hid_t, const char* name, const H5A_info_t*, void* data) -> herr_t {
            auto& list = *static_cast<std::vector<std::string>*>(data);
            list.emplace_back(name);
            return list.size() < mostObjects ? 0 : -1;
        };
        read(H5Aiterate2(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), path);
        for (const auto& name : names)
            if (!belongsToAxes(name))
                attribute(opened, path, name);
    }

    void attribute(hid_t opened, const std::string& path, const std::string& name) {
        const auto label = path + " @" + name;
        const auto attribute = in(H5Aopen(opened, name.c_str(), H5P_DEFAULT), H5Aclose, label);
        const auto type = in(H5Aget_type(attribute), H5Tclose, label);
        const auto space = in(H5Aget_space(attribute), H5Sclose, label);
        const auto shape = shapeOf(space, label);
        const auto points = pointsOf(shape);
        switch (H5Tget_class(type)) {
        case H5T_INTEGER:
        case H5T_FLOAT:
            if (points > mostAttributePoints)
                refuse(label, "claims more extent than attributes have");
            numberAttribute(attribute, numberType(type), shape, path, name);
            break;
        case H5T_STRING:
            if (points == 1)
                writeText(to_, path, name, textOf(attribute, type, space, label), path_);
            break;
        default:
            break;
        }
    }

    void numberAttribute(hid_t attribute, hid_t type, const Extents& shape, const std::string& path,
                         const std::string& name) {
        std::vector<std::int64_t> values(pointsOf(shape)); // 8 bytes each, whatever they are
        const bool version =
            path == "/" && name == "schema_version" && version_ == 1.0 && values.size() == 1;
        read(H5Aread(attribute, type, values.data()), path + " @" + name);
        if (version) {
            type = H5T_NATIVE_INT64;
            values.assign(1, 2);
        }
        const std::vector<hsize_t> extents(shape.begin(), shape.end());
        const auto space =
            extents.empty()
                ? out(H5Screate(H5S_SCALAR), H5Sclose)
                : out(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                      H5Sclose);
        const auto target = out(H5Oopen(to_, path.c_str(), H5P_DEFAULT), H5Oclose);
        const auto made =
            out(H5Acreate2(target, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        written(H5Awrite(made, type, values.data()));
    }

    std::string textOf(hid_t attribute, hid_t type, hid_t space, const std::string& label) const {
        if (H5Tis_variable_str(type) != 0) {
            requireLoose(label);
            std::vector<char*> raw(1, nullptr);
            read(H5Aread(attribute, type, raw.data()), label);
            return taken(raw, type, space).front();
        }
        const auto bytes = H5Tget_size(type);
        if (bytes > longestText)
            refuse(label, "claims a text longer than texts are");
        std::string text(bytes, '\0');
        read(H5Aread(attribute, type, text.data()), label);
        return text.substr(0, text.find('\0'));
    }

    std::uint64_t objects_ = 0;
};

} // namespace

void convertResult(const std::filesystem::path& from, const std::filesystem::path& to) {
    const auto lock = lockHdf5();
    Conversion(from, to).run();
}

} // namespace residuum
