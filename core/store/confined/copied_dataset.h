// Datasets written anew.
#pragma once

#include "core/store/confined/converted_file.h"

namespace residuum {

/// Every method throws Error naming the original.
class CopiedDatasets : protected ConvertedFile {
  protected:
    using ConvertedFile::ConvertedFile;

    /// Copies the dataset to `path`; false where it is of a type that results do not have.
    bool dataset(hid_t opened, const std::string& path);
    static hid_t numberType(hid_t type);

  private:
    struct Selection {
        Hdf5Handle file, memory;
    };

    /// Ones where it lies in one piece.
    Extents chunkOf(hid_t creation, const Extents& shape, const std::string& object) const;
    bool isDeflated(hid_t creation, const std::string& object) const;
    Hdf5Handle create(const std::string& path, hid_t type, const Extents& shape, hid_t creation);
    /// Chunks as the original has them, as far as they have a sensible size.
    Hdf5Handle creationOf(const Extents& shape, const Extents& unit, std::uint64_t bytesEach,
                          bool deflated, const std::string& object) const;
    Selection select(hid_t dataset, const Extents& offset, const Extents& count,
                     const std::string& object) const;
    bool isChunked(hid_t dataset, const std::string& object) const;
    std::uint64_t chunkCount(hid_t dataset, const std::string& object) const;
    /// Of chunks that are there, or of all that lies in one piece. `unit`: see chunkOf.
    std::uint64_t storedPoints(hid_t dataset, const Extents& shape, const Extents& unit,
                               const std::string& object) const;
    /// Calls use(offset, count) for blocks that hold all that is stored: padding is none of it.
    template <class Use>
    void forEachStored(hid_t dataset, const Extents& shape, const Extents& unit,
                       std::uint64_t bytesEach, const std::string& object, const Use& use) const;
    /// Copies what is stored and is not all `fill`.
    void copyStored(hid_t from, hid_t to, hid_t memoryType, const Extents& shape,
                    const Extents& unit, const std::vector<char>& fill,
                    const std::string& object) const;
    void numbers(hid_t opened, hid_t creation, hid_t type, const Extents& shape,
                 const Extents& unit, bool deflated, const std::string& path);
    void texts(hid_t opened, hid_t type, const Extents& shape, const Extents& unit,
               const std::string& path);
    /// Calls use(offset, count, texts) for blocks of texts of a variable length.
    template <class Use>
    void forEachLoose(hid_t opened, const Extents& shape, const Extents& block,
                      const std::string& path, const Use& use) const;
    void looseTexts(hid_t opened, const Extents& shape, const Extents& unit,
                    const std::string& path);
};

} // namespace residuum
