#include "core/store/hdf5_handle.h"

#include "core/task/error.h"

namespace residuum {

namespace {

herr_t takeFirst(unsigned, const H5E_error2_t* error, void* data) {
    auto& message = *static_cast<std::string*>(data);
    if (message.empty() && error->desc != nullptr)
        message = error->desc;
    return 0;
}

/// The innermost message of HDF5's error stack: what went wrong, not where it was noticed.
std::string lastHdf5Message() {
    std::string message;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, takeFirst, &message);
    return message.empty() ? "HDF5 gives no reason" : message;
}

} // namespace

std::unique_lock<std::recursive_mutex> lockHdf5() {
    static std::recursive_mutex mutex;
    std::unique_lock lock(mutex);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return lock;
}

Hdf5Handle::Hdf5Handle(hid_t id, Close close, const std::filesystem::path& file,
                       const std::string& action)
    : id_(id), close_(close) {
    checkHdf5(id < 0 ? -1 : 0, file, action);
}

bool Hdf5Handle::reset() {
    if (id_ < 0)
        return true;
    const auto lock = lockHdf5();
    return close_(std::exchange(id_, -1)) >= 0;
}

void checkHdf5(herr_t result, const std::filesystem::path& file, const std::string& action) {
    if (result < 0)
        throw Error(file.string(), action + ": " + lastHdf5Message());
}

Hdf5Handle utf8Type() {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, {}, "HDF5 string type");
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

} // namespace residuum
