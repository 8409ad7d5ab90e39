#include "core/store/hdf5_handle.h"

#include "core/task/error.h"

#include <algorithm>

namespace residuum {

std::unique_lock<std::recursive_mutex> lockHdf5() {
    static std::recursive_mutex mutex;
    std::unique_lock lock(mutex);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return lock;
}

Hdf5Handle::Hdf5Handle(hid_t id, Close close, const std::filesystem::path& file,
                       const std::string& reason)
    : id_(id), close_(close) {
    checkHdf5(id < 0 ? -1 : 0, file, reason);
}

bool Hdf5Handle::reset() {
    if (id_ < 0)
        return true;
    const auto lock = lockHdf5();
    return close_(std::exchange(id_, -1)) >= 0;
}

void checkHdf5(herr_t result, const std::filesystem::path& file, const std::string& reason) {
    if (result < 0)
        throw Error(file.string(), reason);
}

std::uint64_t readableBytes(std::uint64_t stored) {
    constexpr std::uint64_t always = std::uint64_t{1} << 30U, most = std::uint64_t{1} << 44U;
    constexpr std::uint64_t padding = 256;
    return std::clamp(std::min(stored, most) * padding, always, most);
}

Hdf5Handle utf8Type(std::size_t bytes) {
    const std::string action = "HDF5 string type";
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, {}, action);
    checkHdf5(H5Tset_size(type, std::max<std::size_t>(bytes, 1)), {}, action);
    checkHdf5(H5Tset_strpad(type, H5T_STR_NULLPAD), {}, action);
    checkHdf5(H5Tset_cset(type, H5T_CSET_UTF8), {}, action);
    return type;
}

Hdf5Handle fileAccess() {
    Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, {}, "HDF5 file access");
    checkHdf5(H5Pset_file_locking(access, false, true), {}, "HDF5 file access");
    return access;
}

} // namespace residuum
