// A thin RAII layer over HDF5's C interface. Internal to core/store.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

namespace residuum {

/// Held around every sequence of HDF5 calls: the library's own lock covers single calls only. Also
/// keeps HDF5 from printing its error stack.
std::unique_lock<std::recursive_mutex> lockHdf5();

/// An open HDF5 object, closed by the destructor.
class Hdf5Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Hdf5Handle() = default;
    /// Throws Error "FILE: ACTION: what HDF5 says" where `id` is an error.
    Hdf5Handle(hid_t id, Close close, const std::filesystem::path& file, const std::string& action);
    ~Hdf5Handle() { reset(); }
    Hdf5Handle(Hdf5Handle&& other) noexcept
        : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
        if (this != &other) {
            reset();
            id_ = std::exchange(other.id_, -1);
            close_ = other.close_;
        }
        return *this;
    }

    operator hid_t() const { return id_; }
    /// Closes now; false when closing failed (for a file: when its last bytes did not reach the
    /// disk).
    bool reset();

  private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

/// Throws Error "FILE: ACTION: what HDF5 says" where `result` is negative.
void checkHdf5(herr_t result, const std::filesystem::path& file, const std::string& action);

/// Variable-length UTF-8.
Hdf5Handle utf8Type();

} // namespace residuum
