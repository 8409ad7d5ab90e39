// What computations prepare once for a model and keep on disk, beside the results of the cache.
#pragma once

#include <functional>
#include <string>

namespace residuum {

class Hdf5Reader;
class Hdf5Writer;
class ResultCache;

enum class CacheUse {
    ReadAndWrite,
    WriteOnly ///< compute again, whatever is stored
};

/// Sealed files in the cache, pruned like its results, each under a key of everything that it
/// depends on. Trouble with them fails nothing: what cannot be read is prepared again, what cannot
/// be written is not kept. For one thread at a time.
class PreparedFiles {
  public:
    PreparedFiles() = default; ///< keeps nothing
    /// `cache` may be null.
    PreparedFiles(ResultCache* cache, CacheUse use) : cache_(cache), use_(use) {}

    /// False where there is none that `read` can use; a damaged file is set aside.
    bool find(const std::string& key, const std::function<void(const Hdf5Reader&)>& read) const;
    void keep(const std::string& key, const std::function<void(Hdf5Writer&)>& write) const;

  private:
    ResultCache* cache_ = nullptr;
    CacheUse use_ = CacheUse::ReadAndWrite;
};

} // namespace residuum
