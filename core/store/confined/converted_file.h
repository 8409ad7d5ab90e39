// The original and its copy while residuum-reader is at work, and what it never accepts.
#pragma once

#include "core/store/confined/block_walk.h"
#include "core/store/hdf5_handle.h"
#include "core/store/seal.h"
#include "core/task/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

/// The longest text that is believed.
inline constexpr std::uint64_t longestText = std::uint64_t{1} << 26U;

/// Every method throws Error naming the original.
class ConvertedFile {
  protected:
    ConvertedFile(const std::filesystem::path& from, const std::filesystem::path& to)
        : path_(from), budget_(readableBytes(std::filesystem::file_size(from))) {
        H5PLset_loading_state(0); // no filters from elsewhere
        from_ = Hdf5Handle(H5Fopen(from.c_str(), H5F_ACC_RDONLY, fileAccess()), H5Fclose, path_,
                           "cannot be opened: what is in it is damaged");
        const auto creation = out(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
        written(H5Pset_userblock(creation, sealBytes));
        to_ = out(H5Fcreate(to.c_str(), H5F_ACC_EXCL, creation, fileAccess()), H5Fclose);
        version_ = schemaVersion();
    }

    Hdf5Handle in(hid_t id, Hdf5Handle::Close close, const std::string& object) const {
        return {id, close, path_, "is damaged: " + object + " cannot be read"};
    }
    void read(herr_t result, const std::string& object) const {
        checkHdf5(result, path_, "is damaged: " + object + " cannot be read");
    }
    Hdf5Handle out(hid_t id, Hdf5Handle::Close close) const {
        return {id, close, path_, "cannot be copied for reading: is the temporary folder full?"};
    }
    void written(herr_t result) const {
        checkHdf5(result, path_, "cannot be copied for reading: is the temporary folder full?");
    }
    [[noreturn]] void refuse(const std::string& object, const std::string& what) const {
        throw Error(path_.string(), "is no result file that can be read: " + object + " " + what);
    }

    /// Memory for all that readers may ask for of this file.
    void take(std::uint64_t points, std::uint64_t bytesEach, const std::string& object) {
        if (bytesEach == 0 || points > budget_ / bytesEach)
            refuse(object, "claims more extent than a file of its size holds");
        budget_ -= points * bytesEach;
    }

    static constexpr int mostAxes = 8;
    Extents shapeOf(hid_t space, const std::string& object) const {
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > mostAxes)
            refuse(object, "has too many axes");
        std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
        if (rank > 0)
            read(H5Sget_simple_extent_dims(space, shape.data(), nullptr), object);
        std::uint64_t points = 1;
        for (const auto extent : shape) {
            if (extent > 0 && points > (std::uint64_t{1} << 48U) / extent)
                refuse(object, "claims more extent than a file of its size holds");
            points *= extent;
        }
        return {shape.begin(), shape.end()};
    }

    /// What HDF5 allocated becomes strings and is freed.
    static std::vector<std::string> taken(std::vector<char*>& raw, hid_t type, hid_t space) {
        std::vector<std::string> texts;
        for (const char* text : raw)
            texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw.data());
        return texts;
    }

    void requireLoose(const std::string& object) const {
        if (version_ > 1.0)
            refuse(object, "is text of a variable length, which results of its schema_version do "
                           "not have");
    }

    std::filesystem::path path_;
    Hdf5Handle from_, to_;
    double version_ = 1.0; ///< 1 where the file does not say

  private:
    double schemaVersion() const {
        double version = 1.0;
        if (H5Aexists(from_, "schema_version") > 0) {
            const auto attribute =
                in(H5Aopen(from_, "schema_version", H5P_DEFAULT), H5Aclose, "schema_version");
            const auto space = in(H5Aget_space(attribute), H5Sclose, "schema_version");
            if (H5Sget_simple_extent_npoints(space) == 1)
                read(H5Aread(attribute, H5T_NATIVE_DOUBLE, &version), "schema_version");
        }
        return version;
    }

    std::uint64_t budget_ = 0; ///< bytes
};

} // namespace residuum
