#include "analysis/question/answer.h"

#include "core/json/strict_json.h"
#include "core/store/seal.h"
#include "core/task/error.h"
#include "core/task/message.h"

#include <new>

namespace residuum {

bool readCached(const ResultCache& cache, const std::string& key,
                const std::function<void(const ResultReader&)>& read) {
    const auto file = cache.find(key);
    if (!file)
        return false;
    try {
        const ResultReader reader(*file, FileOrigin::Own);
        if (!reader.sealed())
            throw Error(file->string(), "has no seal, so it was not written by the cache");
        if (reader.key() != key)
            throw Error(file->string(), "is the result of another key, " + reader.key());
        read(reader);
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
