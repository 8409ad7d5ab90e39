#include "analysis/results/answer.h"

#include "core/store/seal.h"
#include "core/task/error.h"

namespace residuum {

bool readCached(const ResultCache& cache, const std::string& key,
                const std::function<void(const ResultReader&)>& read) {
    const auto file = cache.find(key);
    if (!file)
        return false;
    try {
        const ResultReader reader(*file);
        if (!reader.sealed())
            throw Error(file->string(), "has no seal, so it was not written by the cache");
        if (reader.key() != key)
            throw Error(file->string(), "is the result of another key, " + reader.key());
        read(reader);
        return true;
    } catch (const FileInUse&) {
        return false;
    } catch (const Error& error) {
        std::error_code ignored;
        if (std::filesystem::exists(*file, ignored)) // else another process has pruned it
            cache.setAside(key, error.reason());
        return false;
    }
}

std::string storeCached(ResultCache& cache, const std::string& key,
                        const std::function<void(const std::filesystem::path&)>& write) {
    try {
        write(cache.place(key));
        cache.stored(key);
        return {};
    } catch (const Error& error) {
        return std::string("the result was computed but not kept in the cache: ") + error.what();
    }
}

} // namespace residuum
