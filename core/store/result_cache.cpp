#include "core/store/result_cache.h"

#include "core/store/hdf5_reader.h"
#include "core/store/seal.h"
#include "core/task/error.h"
#include "core/task/utc.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

struct Entry {
    fs::path file;
    std::uint64_t bytes = 0;
    fs::file_time_type used;
};

fs::path resultsFolder(const CacheSettings& settings) {
    return settings.folder / "results";
}

fs::path damagedFolder(const CacheSettings& settings) {
    return settings.folder / "damaged";
}

/// Regular files of a folder that still are there; none where it is missing.
std::vector<Entry> filesIn(const fs::path& folder) {
    std::vector<Entry> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code gone; // another process may remove it meanwhile
        Entry entry{at->path(), at->file_size(gone), {}};
        if (!gone)
            entry.used = at->last_write_time(gone);
        if (!gone && at->is_regular_file(gone))
            entries.push_back(std::move(entry));
    }
    return entries;
}

bool isResult(const Entry& entry) {
    return entry.file.extension() == ".h5";
}

bool isPrepared(const Entry& entry) {
    return entry.file.filename().string().starts_with(preparedPrefix);
}

/// A writer touches its temporary file all the time; one that is an hour old has been killed.
bool isLeftover(const Entry& entry) {
    return entry.file.filename().string().starts_with(".residuum-") &&
           fs::file_time_type::clock::now() - entry.used > hours(1);
}

std::vector<Entry> resultsIn(const CacheSettings& settings) {
    auto entries = filesIn(resultsFolder(settings));
    std::erase_if(entries, [](const Entry& entry) { return !isResult(entry); });
    return entries;
}

/// One write in append mode, so that lines of several processes do not mix.
void log(const CacheSettings& settings, const std::string& sentence) {
    const auto line = utcNow() + " " + oneLine(sentence, 1000) + "\n";
    const int file = ::open((settings.folder / "log.txt").c_str(),
                            O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return;
    [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
    ::close(file);
}

std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

} // namespace

std::uint64_t parseByteSize(const std::string& text, const std::string& option) {
    const auto malformed = [&] {
        return UsageError(option + " " + text, "a size is expected, e.g. 5G or 500M");
    };
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number) || number < 0.0)
        throw malformed();
    std::string unit(end, text.data() + text.size());
    std::erase(unit, ' ');
    if (unit.size() > 1 && (unit.back() == 'B' || unit.back() == 'b'))
        unit.pop_back();
    if (unit.size() > 1 && unit.back() == 'i')
        unit.pop_back();
    const std::string units = "KMGT";
    const auto power = unit.empty() || unit == "B" ? std::string::npos : units.find(unit.front());
    if (unit.size() > 1 || (power == std::string::npos && !unit.empty() && unit != "B"))
        throw malformed();
    if (power != std::string::npos)
        number = std::ldexp(number, 10 * static_cast<int>(power + 1));
    if (number > std::ldexp(1.0, 62))
        throw malformed();
    return static_cast<std::uint64_t>(number);
}

CacheSettings CacheSettings::fromEnvironment() {
    CacheSettings settings;
    if (const auto folder = environment("RESIDUUM_CACHE"); !folder.empty())
        settings.folder = folder;
    else if (const auto xdg = environment("XDG_CACHE_HOME"); xdg.starts_with('/'))
        settings.folder = fs::path(xdg) / "residuum";
    else if (const auto home = environment("HOME"); !home.empty())
        settings.folder = fs::path(home) / ".cache" / "residuum";
    else
        settings.folder = fs::temp_directory_path() / ("residuum-" + std::to_string(::getuid()));
    if (const auto size = environment("RESIDUUM_CACHE_SIZE"); !size.empty())
        settings.maximumBytes = parseByteSize(size, "RESIDUUM_CACHE_SIZE");
    return settings;
}

fs::path weightsMemoryFolder(const CacheSettings& settings) {
    return settings.folder / "weights";
}

ResultCache::ResultCache(CacheSettings settings) : settings_(std::move(settings)) {}

std::optional<fs::path> ResultCache::find(const std::string& key) const {
    const auto file = resultsFolder(settings_) / (key + ".h5");
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return std::nullopt;
    // In a folder that is read-only the order of use is not kept, which is no reason to fail.
    (void)::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);
    return file;
}

fs::path ResultCache::place(const std::string& key) const {
    std::error_code error;
    fs::create_directories(resultsFolder(settings_), error);
    if (error)
        throw Error(resultsFolder(settings_).string(), "cannot be made: " + error.message());
    return resultsFolder(settings_) / (key + ".h5");
}

void ResultCache::stored(const std::string& key) {
    std::error_code error;
    const auto size = fs::file_size(resultsFolder(settings_) / (key + ".h5"), error);
    if (!bytes_)
        bytes_ = info().bytes;
    else if (!error)
        *bytes_ += size;
    // A little below the limit, so that not every result from now on removes another.
    if (*bytes_ > settings_.maximumBytes)
        prune(settings_.maximumBytes / 10 * 9);
}

void ResultCache::setAside(const std::string& key, const std::string& why) const {
    std::error_code error;
    fs::create_directories(damagedFolder(settings_), error);
    fs::rename(resultsFolder(settings_) / (key + ".h5"), damagedFolder(settings_) / (key + ".h5"),
               error);
    log(settings_, key + ".h5 " + (error ? "cannot be used: " : "was set aside: ") + why);
}

CacheInfo ResultCache::info() const {
    CacheInfo info;
    for (const auto& entry : resultsIn(settings_)) {
        ++(isPrepared(entry) ? info.prepared : info.results);
        info.bytes += entry.bytes;
    }
    info.damaged = filesIn(damagedFolder(settings_)).size();
    return info;
}

CacheCheck ResultCache::verify(Progress& progress) const {
    CacheCheck check;
    const auto files = filesIn(resultsFolder(settings_));
    progress.begin("verifying the cache", static_cast<std::int64_t>(files.size()));
    for (const auto& entry : files) {
        progress.advance();
        if (isLeftover(entry)) {
            std::error_code ignored;
            check.leftovers += fs::remove(entry.file, ignored) ? 1 : 0;
        }
        if (!isResult(entry))
            continue;
        const auto key = entry.file.stem().string();
        try {
            const Hdf5Reader reader(entry.file);
            if (!reader.sealed())
                throw Error(entry.file.string(), "has no seal, so it was not written by the cache");
            if (const auto found = reader.textAttribute("/", "key"); found != key)
                throw Error(entry.file.string(), "is the result of another key, " + found);
            ++check.whole;
        } catch (const FileInUse&) {
            ++check.whole; // whoever writes to it answers for it; it is checked when it is read
        } catch (const Error& error) {
            std::error_code ignored;
            if (!fs::exists(entry.file, ignored))
                continue; // pruned by another process
            setAside(key, error.reason());
            check.setAside.push_back(key + ": " + error.reason());
        }
    }
    return check;
}

CachePrune ResultCache::prune(std::uint64_t maximumBytes) {
    CachePrune prune;
    std::error_code ignored;
    for (const auto& entry : filesIn(resultsFolder(settings_)))
        if (isLeftover(entry))
            fs::remove(entry.file, ignored);
    auto entries = resultsIn(settings_);
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.used < b.used; });
    prune.left = info();
    for (const auto& entry : entries) {
        if (prune.left.bytes <= maximumBytes)
            break;
        std::error_code error;
        fs::remove(entry.file, error);
        if (error)
            continue;
        ++prune.removed;
        prune.bytes += entry.bytes;
        --(isPrepared(entry) ? prune.left.prepared : prune.left.results);
        prune.left.bytes -= entry.bytes;
    }
    bytes_ = prune.left.bytes;
    return prune;
}

} // namespace residuum
