#include "support/stored_form.h"

#include <hdf5.h>
#include <hdf5_hl.h>

namespace residuum::test {

namespace {

/// As this program opens it: a file may be open in it at the same time.
hid_t openFile(const std::filesystem::path& file) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, false, true);
    const hid_t opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return opened;
}

} // namespace

std::vector<std::string> axisNames(const std::filesystem::path& file, const std::string& dataset) {
    const hid_t opened = openFile(file);
    const hid_t array = H5Dopen2(opened, dataset.c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(array);
    std::vector<std::string> names(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    const auto readName = [](hid_t, unsigned, hid_t scale, void* data) -> herr_t {
        char buffer[256] = {};
        H5DSget_scale_name(scale, buffer, sizeof buffer);
        *static_cast<std::string*>(data) = buffer;
        return 1; // the first scale is enough
    };
    for (std::size_t i = 0; i < names.size(); ++i)
        H5DSiterate_scales(array, static_cast<unsigned>(i), nullptr, readName, &names[i]);
    H5Sclose(space);
    H5Dclose(array);
    H5Fclose(opened);
    return names;
}

std::string textPadding(const std::filesystem::path& file, const std::string& object) {
    const hid_t opened = openFile(file);
    const auto at = object.find(" @");
    const bool isAttribute = at != std::string::npos;
    const hid_t holder =
        isAttribute ? H5Aopen_by_name(opened, object.substr(0, at).c_str(),
                                      object.substr(at + 2).c_str(), H5P_DEFAULT, H5P_DEFAULT)
                    : H5Dopen2(opened, object.c_str(), H5P_DEFAULT);
    const hid_t type = isAttribute ? H5Aget_type(holder) : H5Dget_type(holder);
    std::string described;
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0)
        described = std::string(H5Tget_cset(type) == H5T_CSET_UTF8 ? "UTF-8" : "ASCII") +
                    (H5Tget_strpad(type) == H5T_STR_NULLPAD ? ", null-padded" : ", terminated");
    H5Tclose(type);
    isAttribute ? H5Aclose(holder) : H5Dclose(holder);
    H5Fclose(opened);
    return described;
}

} // namespace residuum::test
