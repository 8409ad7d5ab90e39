#include "analysis/question/answer.h"

#include "analysis/question/prepared_files.h"
#include "core/json/strict_json.h"
#include "core/store/seal.h"
#include "core/task/error.h"
#include "core/task/message.h"

#include <new>

namespace residuum {

namespace {

/// Whether `read` can use the file of `key`; one that it cannot is set aside.
bool readFile(const ResultCache& cache, const std::string& key,
              const std::function<void(const std::filesystem::path&)>& read) {
    const auto file = cache.find(key);
    if (!file)
        return false;
    try {
        read(*file);
        return true;
    } catch (const FileInUse&) {
        return false;
    } catch (const std::bad_alloc&) {
        return false; // says nothing of the file
    } catch (const std::exception& error) {
        const auto* own = dynamic_cast<const Error*>(&error);
        std::error_code ignored;
        if (std::filesystem::exists(*file, ignored)) // else another process has pruned it
            cache.setAside(key, own != nullptr ? own->reason() : "its content is not as expected");
        return false;
    }
}

void requireOf(const std::string& key, const std::string& found, bool sealed,
               const std::filesystem::path& file) {
    if (!sealed)
        throw Error(file.string(), "has no seal, so it was not written by the cache");
    if (found != key)
        throw Error(file.string(), "is the result of another key, " + found);
}

} // namespace

bool readCached(const ResultCache& cache, const std::string& key,
                const std::function<void(const ResultReader&)>& read) {
    return readFile(cache, key, [&](const std::filesystem::path& file) {
        const ResultReader reader(file, FileOrigin::Own);
        requireOf(key, reader.key(), reader.sealed(), file);
        read(reader);
    });
}

bool PreparedFiles::find(const std::string& key,
                         const std::function<void(const Hdf5Reader&)>& read) const {
    const auto name = preparedPrefix + key;
    return cache_ != nullptr && use_ == CacheUse::ReadAndWrite &&
           readFile(*cache_, name, [&](const std::filesystem::path& file) {
               const Hdf5Reader reader(file);
               requireOf(name, reader.textAttribute("/", "key"), reader.sealed(), file);
               read(reader);
           });
}

void PreparedFiles::keep(const std::string& key,
                         const std::function<void(Hdf5Writer&)>& write) const {
    if (cache_ == nullptr)
        return;
    const auto name = preparedPrefix + key;
    (void)storeCached(*cache_, name, [&](const std::filesystem::path& place) {
        Hdf5Writer writer(place);
        writer.attribute("/", "key", name);
        write(writer);
        writer.commit();
    });
}

ResultOrigin brokenOff(ResultOrigin origin) {
    auto settings = nlohmann::ordered_json::parse(origin.settings);
    settings[brokenOffMember] = true;
    origin.settings = jsonLine(settings);
    return origin;
}

std::string storeCached(ResultCache& cache, const std::string& key,
                        const std::function<void(const std::filesystem::path&)>& write) {
    try {
        write(cache.place(key));
        cache.stored(key);
        return {};
    } catch (const std::exception& error) {
        return "the result was computed but not kept in the cache: " + messageOf(error);
    }
}

} // namespace residuum
