#include "pinned/dump.h"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <stdexcept>

namespace residuum::test {

namespace {

/// One of HDF5's handles, closed with the object.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
        if (id < 0)
            throw std::runtime_error("HDF5 refuses");
    }
    ~Handle() { close_(id_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

using Shape = std::vector<hsize_t>;

Shape shapeOf(hid_t space) {
    Shape shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    return shape;
}

std::size_t sizeOf(const Shape& shape) {
    std::size_t size = 1;
    for (const auto length : shape)
        size *= length;
    return size;
}

std::string listed(const Shape& shape) {
    std::string text;
    for (const auto length : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(length);
    return "[" + text + "]";
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == '\0') {
            char code[8];
            std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(c));
            result += code;
        } else {
            result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
    }
    return result + "\"";
}

/// `withLength`: texts that hold paths are as long as these.
std::string typeText(hid_t type, bool withLength) {
    const auto bits = std::to_string(8 * H5Tget_size(type));
    const std::string order = H5Tget_order(type) == H5T_ORDER_BE ? " big-endian" : "";
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits + order;
    case H5T_FLOAT:
        return "float" + bits + order;
    case H5T_STRING: {
        std::string text = H5Tget_cset(type) == H5T_CSET_UTF8 ? "UTF-8" : "ASCII";
        if (H5Tis_variable_str(type) > 0)
            return text + ", variable";
        if (withLength)
            text += "[" + std::to_string(H5Tget_size(type)) + "]";
        return text + (H5Tget_strpad(type) == H5T_STR_NULLPAD ? ", null-padded" : ", terminated");
    }
    default:
        return "of class " + std::to_string(H5Tget_class(type));
    }
}

bool isFloat(hid_t type) {
    return H5Tget_class(type) == H5T_FLOAT;
}

/// Reads an attribute or a dataset into memory of the given type.
using Read = std::function<void(hid_t memoryType, void* into)>;

std::vector<double> readNumbers(const Read& read, std::size_t count) {
    std::vector<double> values(count);
    read(H5T_NATIVE_DOUBLE, values.data());
    return values;
}

std::vector<std::string> readTexts(const Read& read, hid_t type, hid_t space, std::size_t count) {
    std::vector<std::string> texts;
    if (H5Tis_variable_str(type) > 0) {
        const Handle memory(H5Tcopy(type), H5Tclose);
        std::vector<char*> raw(count);
        read(memory, raw.data());
        for (const char* text : raw)
            texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, raw.data());
        return texts;
    }
    const auto bytes = H5Tget_size(type);
    std::vector<char> raw(count * bytes);
    read(type, raw.data());
    for (std::size_t i = 0; i < count; ++i) {
        std::string text(raw.data() + i * bytes, bytes);
        texts.push_back(text.substr(0, text.find('\0')));
    }
    return texts;
}

std::vector<std::string> readValues(const Read& read, hid_t type, hid_t space, std::size_t count) {
    std::vector<std::string> values;
    if (count == 0)
        return values;
    char text[64];
    if (H5Tget_class(type) == H5T_STRING) {
        for (const auto& value : readTexts(read, type, space, count))
            values.push_back(quoted(value));
    } else if (H5Tget_class(type) == H5T_INTEGER) {
        std::vector<std::int64_t> numbers(count);
        read(H5T_NATIVE_INT64, numbers.data());
        for (const auto number : numbers)
            values.push_back(std::to_string(number));
    } else if (isFloat(type)) {
        for (const double number : readNumbers(read, count)) {
            std::snprintf(text, sizeof text, "%.17g", number);
            values.emplace_back(text);
        }
    }
    return values;
}

Read readerOf(hid_t object, bool isAttribute) {
    return [object, isAttribute](hid_t memoryType, void* into) {
        const auto failed = isAttribute
                                ? H5Aread(object, memoryType, into)
                                : H5Dread(object, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
        if (failed < 0)
            throw std::runtime_error("HDF5 cannot read values");
    };
}

struct Visitor {
    std::function<void(const std::string& path)> group;
    std::function<void(const std::string& path, hid_t dataset)> dataset;
    std::function<void(const std::string& path, const std::string& name, hid_t attribute)>
        attribute;
};

void visitAttributes(hid_t object, const std::string& path, const Visitor& visitor) {
    struct Context {
        const std::string& path;
        const Visitor& visitor;
    } context{path, visitor};
    const auto visit = [](hid_t holder, const char* name, const H5A_info_t*, void* data) -> herr_t {
        const auto& in = *static_cast<Context*>(data);
        const Handle attribute(H5Aopen(holder, name, H5P_DEFAULT), H5Aclose);
        in.visitor.attribute(in.path, name, attribute);
        return 0;
    };
    H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &context);
}

void visitObject(hid_t file, const std::string& path, const Visitor& visitor) {
    const Handle object(H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose);
    if (H5Iget_type(object) == H5I_DATASET) {
        visitor.dataset(path, object);
        visitAttributes(object, path, visitor);
        return;
    }
    visitor.group(path);
    visitAttributes(object, path, visitor);
    std::vector<std::string> names;
    const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
        static_cast<std::vector<std::string>*>(data)->emplace_back(name);
        return 0;
    };
    H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names);
    for (const auto& name : names)
        visitObject(file, (path == "/" ? "" : path) + "/" + name, visitor);
}

void visitFile(const std::filesystem::path& file, const Visitor& visitor,
               const std::function<void(hid_t file)>& first = {}) {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access, false, true); // the program may have it open
    const Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (first)
        first(opened);
    visitObject(opened, "/", visitor);
}

std::string storageText(hid_t dataset, const Shape& shape) {
    const Handle how(H5Dget_create_plist(dataset), H5Pclose);
    std::string text;
    if (H5Pget_layout(how) == H5D_CHUNKED) {
        Shape chunk(shape.size());
        H5Pget_chunk(how, static_cast<int>(chunk.size()), chunk.data());
        text = "chunks " + listed(chunk);
    } else {
        text = H5Pget_layout(how) == H5D_COMPACT ? "compact" : "contiguous";
    }
    for (int i = 0; i < H5Pget_nfilters(how); ++i) {
        unsigned flags = 0, values[8] = {};
        std::size_t count = 8;
        char name[64] = {};
        H5Pget_filter2(how, static_cast<unsigned>(i), &flags, &count, values, sizeof name, name,
                       nullptr);
        text += std::string(", ") + name;
        for (std::size_t v = 0; v < count && v < 8; ++v)
            text += " " + std::to_string(values[v]);
    }
    H5D_fill_value_t fill{};
    H5Pfill_value_defined(how, &fill);
    double value = 0.0;
    const Handle type(H5Dget_type(dataset), H5Tclose);
    if (fill == H5D_FILL_VALUE_USER_DEFINED && H5Tget_class(type) != H5T_STRING &&
        H5Pget_fill_value(how, H5T_NATIVE_DOUBLE, &value) >= 0)
        text += ", filled with " + std::to_string(value);
    return text;
}

std::string scaleText(hid_t dataset, std::size_t axes) {
    std::string text;
    if (H5DSis_scale(dataset) > 0) {
        char name[256] = {};
        H5DSget_scale_name(dataset, name, sizeof name);
        text += "  is the axis " + quoted(name) + "\n";
    }
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const auto note = [](hid_t, unsigned, hid_t scale, void* data) -> herr_t {
            char path[1024] = {}, name[256] = {};
            H5Iget_name(scale, path, sizeof path);
            H5DSget_scale_name(scale, name, sizeof name);
            *static_cast<std::string*>(data) += " " + quoted(name) + " of " + path;
            return 0;
        };
        std::string scales;
        H5DSiterate_scales(dataset, static_cast<unsigned>(axis), nullptr, note, &scales);
        if (!scales.empty())
            text += "  axis " + std::to_string(axis) + scales + "\n";
    }
    return text;
}

/// One line per step of all axes but the last.
std::string valueLines(const std::vector<std::string>& values, const Shape& shape) {
    const std::size_t width = shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i)
        text += (i % width == 0 ? "  = " : " ") + values[i] + (i % width == width - 1 ? "\n" : "");
    return text;
}

std::string datasetText(const std::string& path, hid_t dataset, Detail detail) {
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const auto shape = shapeOf(space);
    auto text = path + "\n  " + typeText(type, true) + " " + listed(shape) + ", " +
                storageText(dataset, shape) + "\n" + scaleText(dataset, shape.size());
    if (detail == Detail::Everything || !isFloat(type))
        text += valueLines(readValues(readerOf(dataset, false), type, space, sizeOf(shape)), shape);
    return text;
}

std::string attributeText(const std::string& path, const std::string& name, hid_t attribute,
                          Detail detail) {
    const Handle type(H5Aget_type(attribute), H5Tclose);
    const Handle space(H5Aget_space(attribute), H5Sclose);
    const auto shape = shapeOf(space);
    auto text = "  @" + name + " " + typeText(type, false) +
                (shape.empty() ? std::string() : " " + listed(shape));
    if (name == "DIMENSION_LIST" || name == "REFERENCE_LIST")
        return {}; // what they say stands with the axes
    if (path == "/" && (name == "created" || name == "residuum_version"))
        return text + "\n";
    if (detail == Detail::Everything || !isFloat(type))
        for (const auto& value : readValues(readerOf(attribute, true), type, space, sizeOf(shape)))
            text += " " + value;
    return text + "\n";
}

} // namespace

std::string dump(const std::filesystem::path& file, Detail detail) {
    std::string text;
    const auto head = [&](hid_t opened) {
        const Handle how(H5Fget_create_plist(opened), H5Pclose);
        hsize_t bytes = 0;
        H5Pget_userblock(how, &bytes);
        text += "user block of " + std::to_string(bytes) + " bytes\n";
    };
    visitFile(file,
              {[&](const std::string& path) { text += path + "\n  group\n"; },
               [&](const std::string& path, hid_t dataset) {
                   text += datasetText(path, dataset, detail);
               },
               [&](const std::string& path, const std::string& name, hid_t attribute) {
                   text += attributeText(path, name, attribute, detail);
               }},
              head);
    return text;
}

std::map<std::string, std::vector<double>> numbersIn(const std::filesystem::path& file) {
    std::map<std::string, std::vector<double>> numbers;
    const auto keep = [&](const std::string& name, hid_t object, bool isAttribute, hid_t type,
                          hid_t space) {
        if (isFloat(type))
            numbers[name] = readNumbers(readerOf(object, isAttribute), sizeOf(shapeOf(space)));
    };
    visitFile(file, {[](const std::string&) {},
                     [&](const std::string& path, hid_t dataset) {
                         const Handle type(H5Dget_type(dataset), H5Tclose);
                         const Handle space(H5Dget_space(dataset), H5Sclose);
                         keep(path, dataset, false, type, space);
                     },
                     [&](const std::string& path, const std::string& name, hid_t attribute) {
                         const Handle type(H5Aget_type(attribute), H5Tclose);
                         const Handle space(H5Aget_space(attribute), H5Sclose);
                         keep(path + " @" + name, attribute, true, type, space);
                     }});
    return numbers;
}

} // namespace residuum::test
