// A thin RAII layer over HDF5's C interface. Internal to core/store.
#pragma once

#include <hdf5.h>

#include <cstdint>
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
    /// Throws Error "FILE: REASON" where `id` is an error.
    Hdf5Handle(hid_t id, Close close, const std::filesystem::path& file, const std::string& reason);
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

/// Throws Error "FILE: REASON" where `result` is negative. HDF5's own words say nothing to a user.
void checkHdf5(herr_t result, const std::filesystem::path& file, const std::string& reason);

/// The memory that may be filled from `stored` bytes of a file: a gibibyte, or as much as padding
/// makes of them. What would take more is no result but a trap.
std::uint64_t readableBytes(std::uint64_t stored);

/// UTF-8 of at most `bytes` bytes, padded with NULs (HDF5 knows no empty type: at least one).
/// Nothing of ours has a variable length: HDF5 keeps such values in a heap of the file whose sizes
/// it does not check, so that a damaged one ends the program.
Hdf5Handle utf8Type(std::size_t bytes);

/// How files are opened and made: without HDF5's own locks. Ours are private until they are
/// renamed, and a file system without locks is no reason to fail.
Hdf5Handle fileAccess();

} // namespace residuum
