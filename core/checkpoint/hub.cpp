#include "core/checkpoint/hub.h"

#include "core/checkpoint/containers.h"
#include "core/checkpoint/json_text.h"
#include "core/checkpoint/raw_tensor.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <pwd.h>
#include <string_view>
#include <unistd.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view demoPrefix = "demo:";
constexpr std::string_view modelsPrefix = "models--";
constexpr std::array<const char*, 3> demoNames = {"original", "vanilla", "ln-free"};

std::optional<std::string> environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

fs::path homeFolder() {
    if (const auto home = environment("HOME"))
        return *home;
    const passwd* user = ::getpwuid(::getuid());
    return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

/// As Hugging Face does with its variables, and shells with unquoted arguments.
fs::path expandHome(const std::string& path) {
    if (path == "~")
        return homeFolder();
    return path.starts_with("~/") ? homeFolder() / path.substr(2) : fs::path(path);
}

/// Last component, also of "models/gpt2/" and ".".
std::string lastComponent(const fs::path& path) {
    std::error_code ignored;
    const fs::path absolute = fs::absolute(path, ignored).lexically_normal();
    const fs::path last =
        absolute.has_filename() ? absolute.filename() : absolute.parent_path().filename();
    return last.empty() ? "model" : last.string();
}

bool isNamePart(std::string_view part) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    };
    return !part.empty() && part.size() <= 96 && part.front() != '.' && part.front() != '-' &&
           part.back() != '.' && part.back() != '-' &&
           std::all_of(part.begin(), part.end(), allowed) &&
           part.find("..") == std::string_view::npos && part.find("--") == std::string_view::npos;
}

/// "name" or "organisation/name", by the Hub's own rules; so that no id leaves the cache folder.
bool isHubId(std::string_view id) {
    const auto slash = id.find('/');
    if (slash == std::string_view::npos)
        return isNamePart(id);
    return isNamePart(id.substr(0, slash)) && isNamePart(id.substr(slash + 1));
}

std::string cacheFolderName(const std::string& id) {
    std::string name(modelsPrefix);
    for (const char c : id)
        name += c == '/' ? std::string("--") : std::string(1, c);
    return name;
}

/// The inverse; empty for folders that no valid id leads to.
std::optional<std::string> idOfCacheFolder(const std::string& name) {
    if (!name.starts_with(modelsPrefix))
        return std::nullopt;
    std::string id = name.substr(modelsPrefix.size());
    if (const auto dashes = id.find("--"); dashes != std::string::npos)
        id.replace(dashes, 2, "/");
    return isHubId(id) ? std::optional(id) : std::nullopt;
}

struct Snapshot {
    fs::path folder;
    std::string note; ///< as in ModelLocation
};

/// "0123456789ab, 89abcdef0123": enough of each hash to tell them apart by.
std::string hashesOf(const std::vector<fs::path>& snapshots) {
    std::vector<std::string> names;
    for (const auto& snapshot : snapshots)
        names.push_back(snapshot.filename().string().substr(0, 12));
    return checkpoint::listOf(names);
}

/// The revision's hash that a file below refs/ has; empty where there is none.
std::string revisionIn(const fs::path& reference) {
    std::ifstream file(reference, std::ios::binary);
    std::string revision(100, '\0');
    file.read(revision.data(), static_cast<std::streamsize>(revision.size()));
    revision.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    while (!revision.empty() && std::isspace(static_cast<unsigned char>(revision.back())) != 0)
        revision.pop_back();
    if (!revision.empty() && !isNamePart(revision))
        throw Error(reference.string(),
                    "is \"" + oneLine(revision, 60) + "\", expected a revision's hash");
    return revision;
}

/// The snapshot that a reference of a cached repository names; throws Error.
fs::path snapshotNamed(const fs::path& repository, const fs::path& reference,
                       const std::string& revision) {
    fs::path snapshot = repository / "snapshots" / revision;
    std::error_code ignored;
    if (!fs::is_directory(snapshot, ignored))
        throw Error(snapshot.string(), "is missing, but " + reference.string() +
                                           " names it; download the model again");
    return snapshot;
}

/// What a model without a revision means: refs/main, else the only snapshot there is.
Snapshot snapshotOf(const std::string& id, const fs::path& repository) {
    const fs::path reference = repository / "refs" / "main";
    if (const auto revision = revisionIn(reference); !revision.empty())
        return {snapshotNamed(repository, reference, revision), ""};
    const auto snapshots = foldersIn(repository / "snapshots");
    if (snapshots.empty())
        throw Error(reference.string(),
                    "is missing or empty and there is no snapshot, so the download was not "
                    "finished; download the model again");
    if (snapshots.size() > 1)
        throw Error(id, "the Hugging Face cache has " + std::to_string(snapshots.size()) +
                            " snapshots of it and no refs/main; name one as " + id +
                            "@HASH: " + hashesOf(snapshots));
    return {snapshots.front(), "The Hugging Face cache has no refs/main of " + id +
                                   "; its only snapshot, " + snapshots.front().filename().string() +
                                   ", was taken."};
}

/// A branch, a tag, or the beginning of a snapshot's hash; throws Error.
Snapshot snapshotAt(const std::string& id, const fs::path& repository,
                    const std::string& revision) {
    const fs::path reference = repository / "refs" / revision;
    std::error_code ignored;
    if (fs::is_regular_file(reference, ignored))
        if (const auto named = revisionIn(reference); !named.empty())
            return {snapshotNamed(repository, reference, named), ""};
    const auto snapshots = foldersIn(repository / "snapshots");
    std::vector<fs::path> fitting;
    for (const auto& snapshot : snapshots)
        if (snapshot.filename().string().starts_with(revision))
            fitting.push_back(snapshot);
    if (fitting.size() == 1)
        return {fitting.front(), ""};
    if (fitting.size() > 1)
        throw Error(id + "@" + revision, "is the beginning of several snapshots' hashes: " +
                                             hashesOf(fitting) + "; give more of it");
    throw Error(id + "@" + revision, "the Hugging Face cache has no such revision of " + id +
                                         "; it has " +
                                         (snapshots.empty() ? "none" : hashesOf(snapshots)));
}

/// "main", "refs/pr/1", a hash: nothing that leads out of its folder.
bool isRevision(const std::string& revision) {
    std::string_view rest = revision;
    while (true) {
        const auto slash = rest.find('/');
        if (!isNamePart(rest.substr(0, slash)))
            return false;
        if (slash == std::string_view::npos)
            return true;
        rest.remove_prefix(slash + 1);
    }
}

struct HubName {
    std::string id;
    std::optional<std::string> revision;
};

/// "id" or "id@revision"; empty for anything else.
std::optional<HubName> parseHubName(const std::string& named) {
    const auto at = named.find('@');
    HubName name{named.substr(0, at), std::nullopt};
    if (at != std::string::npos)
        name.revision = named.substr(at + 1);
    if (!isHubId(name.id) || (name.revision && !isRevision(*name.revision)))
        return std::nullopt;
    return name;
}

ModelLocation resolveDemo(const std::string& named, const fs::path& demoFolder) {
    const std::string name = named.substr(demoPrefix.size());
    if (std::find(demoNames.begin(), demoNames.end(), name) == demoNames.end())
        throw Error(named, "is no demo model; there are demo:original, demo:vanilla and "
                           "demo:ln-free");
    const fs::path folder = demoFolder / name;
    checkpoint::requireModelFolder(folder);
    return {named, name, folder, named};
}

ModelLocation resolveHubName(const std::string& named, const HubName& name) {
    const fs::path cache = hubCacheFolder();
    std::vector<std::string> ids = {name.id};
    // The Hub moved the bare names of OpenAI's models under their organisation.
    if (name.id.find('/') == std::string::npos)
        ids.push_back("openai-community/" + name.id);
    for (const std::string& id : ids) {
        const fs::path repository = cache / cacheFolderName(id);
        std::error_code ignored;
        if (!fs::is_directory(repository, ignored))
            continue;
        const auto snapshot = name.revision ? snapshotAt(name.id, repository, *name.revision)
                                            : snapshotOf(name.id, repository);
        checkpoint::requireModelFolder(snapshot.folder);
        return {named, named.substr(name.id.find('/') + 1), snapshot.folder, named, snapshot.note};
    }
    throw Error(named, "there is no such folder, and no such model in the Hugging Face cache " +
                           cache.string() +
                           "; give a model's folder, or run \"huggingface-cli "
                           "download " +
                           name.id + "\" where there is a network");
}

} // namespace

std::vector<fs::path> foldersIn(const fs::path& parent) {
    std::vector<fs::path> folders;
    std::error_code failed;
    for (fs::directory_iterator it(parent, fs::directory_options::skip_permission_denied, failed);
         !failed && it != fs::directory_iterator(); it.increment(failed)) {
        std::error_code ignored;
        if (it->is_directory(ignored))
            folders.push_back(it->path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

fs::path hubCacheFolder() {
    if (const auto cache = environment("HF_HUB_CACHE"))
        return expandHome(*cache);
    if (const auto cache = environment("HUGGINGFACE_HUB_CACHE")) // its older name
        return expandHome(*cache);
    if (const auto home = environment("HF_HOME"))
        return expandHome(*home) / "hub";
    if (const auto cache = environment("XDG_CACHE_HOME"))
        return expandHome(*cache) / "huggingface" / "hub";
    return homeFolder() / ".cache" / "huggingface" / "hub";
}

ModelLocation resolveModel(const std::string& named, const fs::path& demoFolder) {
    if (named.empty())
        throw Error("model", "its name is empty; give a folder, a Hub id or demo:original");
    if (named.find('\0') != std::string::npos)
        throw Error(named, "has a NUL byte in it; give a folder, a Hub id or demo:original");
    if (named.starts_with(demoPrefix))
        return resolveDemo(named, demoFolder);
    const fs::path path = expandHome(named);
    const auto hubName = parseHubName(named);
    std::error_code ignored;
    // A folder of that name goes first, as it does in transformers.
    if (fs::exists(path, ignored) || !hubName) {
        checkpoint::requireModelFolder(path);
        const auto absolute = fs::absolute(path, ignored);
        return {named, lastComponent(path), path,
                ignored ? named : absolute.lexically_normal().string()};
    }
    return resolveHubName(named, *hubName);
}

std::vector<ModelLocation> listHubModels() {
    std::vector<ModelLocation> models;
    for (const fs::path& repository : foldersIn(hubCacheFolder())) {
        const auto id = idOfCacheFolder(repository.filename());
        if (!id)
            continue;
        try {
            const fs::path snapshot = snapshotOf(*id, repository).folder;
            const auto config = checkpoint::readObject(snapshot / "config.json", 8U << 20U);
            if (const auto type = config.find("model_type");
                type != config.end() && *type == "gpt2")
                models.push_back({*id, id->substr(id->find('/') + 1), snapshot});
        } catch (const Error&) {
            // Half-finished downloads and other models' odd files are none of our business.
        }
    }
    std::sort(models.begin(), models.end(),
              [](const ModelLocation& a, const ModelLocation& b) { return a.source < b.source; });
    return models;
}

} // namespace residuum
