#include "app/window/autosave.h"

#include "app/window/process_identity.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"

#include <QtGlobal>

#include <algorithm>
#include <chrono>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view runningPrefix = "running-";
constexpr std::string_view earlierPrefix = "earlier-";
constexpr std::string_view ending = ".residuum";

fs::path lastFile(const fs::path& folder) {
    return folder / "last.residuum";
}

/// Whether a file is a session that was kept and is no running window's.
bool isKept(const fs::path& file) {
    const auto stem = file.stem().string();
    if (file.extension() != ending)
        return false;
    if (stem.starts_with(runningPrefix))
        return !ProcessIdentity::parse(stem.substr(runningPrefix.size())).isAlive();
    return stem == "last" || stem.starts_with(earlierPrefix);
}

std::optional<KeptSession> readKept(const fs::path& file) {
    try {
        KeptSession kept{file, fs::last_write_time(file),
                         file.filename().string().starts_with(runningPrefix), readSession(file)};
        if (kept.session.models.empty() && kept.session.results.empty())
            return std::nullopt;
        return kept;
    } catch (const Error&) {
        return std::nullopt;
    } catch (const fs::filesystem_error&) {
        return std::nullopt; // it has gone meanwhile
    }
}

/// A name of its own for a session that must not be replaced.
fs::path earlierFile(const fs::path& folder, fs::file_time_type written) {
    const auto stamp =
        std::chrono::duration_cast<std::chrono::milliseconds>(written.time_since_epoch()).count();
    fs::path file;
    std::error_code ignored;
    int more = 0;
    do
        file = folder / (std::string(earlierPrefix) + std::to_string(stamp) +
                         (more == 0 ? "" : "-" + std::to_string(more)) + std::string(ending));
    while (fs::exists(file, ignored) && ++more < 1000);
    return file;
}

/// last.residuum, if it holds anything, under a name of its own.
void keepLast(const fs::path& folder) {
    if (const auto last = readKept(lastFile(folder))) {
        std::error_code ignored; // gone, or not to be moved: then it stays
        fs::rename(last->file, earlierFile(folder, last->written), ignored);
    }
}

void writeSession(const fs::path& file, const std::string& text) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    writeAtomically(file, text);
}

} // namespace

Autosave::Autosave(fs::path folder, std::function<Session()> session, BackgroundWork& files,
                   QObject* parent)
    : QObject(parent), folder_(std::move(folder)), session_(std::move(session)), files_(files) {
    timer_.setSingleShot(true);
    timer_.setInterval(1000);
    connect(&timer_, &QTimer::timeout, this, &Autosave::write);
}

fs::path Autosave::defaultFolder() {
    const auto variable = [](const char* name) { return qEnvironmentVariable(name).toStdString(); };
    if (const auto folder = variable("RESIDUUM_STATE"); !folder.empty())
        return folder;
    if (const auto state = variable("XDG_STATE_HOME"); state.starts_with('/'))
        return fs::path(state) / "residuum";
    return fs::path(variable("HOME")) / ".local" / "state" / "residuum";
}

fs::path Autosave::runningFile(const fs::path& folder) {
    return folder /
           (std::string(runningPrefix) + ProcessIdentity::own().text() + std::string(ending));
}

std::vector<KeptSession> Autosave::kept(const fs::path& folder) {
    std::vector<KeptSession> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (isKept(at->path()))
            if (auto session = readKept(at->path()))
                found.push_back(*std::move(session));
    std::sort(found.begin(), found.end(), [](const KeptSession& a, const KeptSession& b) {
        return std::pair(a.written, b.file) > std::pair(b.written, a.file);
    });
    return found;
}

std::optional<KeptSession> Autosave::recover() {
    for (auto& session : kept(folder_)) {
        if (session.file == lastFile(folder_)) {
            continuesLast_ = true;
            return std::move(session);
        }
        if (!session.afterCrash)
            continue; // an earlier session, which others came after
        // Whoever moves the file has it: two windows may begin at once.
        std::error_code error;
        const auto own = runningFile(folder_);
        fs::rename(session.file, own, error);
        if (error)
            continue;
        session.file = own;
        return std::move(session);
    }
    return std::nullopt;
}

void Autosave::setAside() {
    const auto session = session_();
    if (session.models.empty() && session.results.empty())
        return;
    files_.run(
        [folder = folder_, text = toText(session)] {
            writeSession(earlierFile(folder, fs::file_time_type::clock::now()), text);
        },
        [this](const QString& problem) {
            if (!problem.isEmpty())
                Q_EMIT failed(problem);
        });
}

void Autosave::write() {
    files_.run(
        [file = runningFile(folder_), text = toText(session_())] { writeSession(file, text); },
        [this](const QString& problem) {
            if (!problem.isEmpty() && !std::exchange(told_, true))
                Q_EMIT failed(tr("The session is not kept while you work: %1").arg(problem));
        });
}

void Autosave::finish() {
    timer_.stop();
    files_.wait();
    try {
        if (!continuesLast_)
            keepLast(folder_);
        writeSession(lastFile(folder_), toText(session_()));
        continuesLast_ = true;
    } catch (const Error&) {
        return; // the running one stays and will be found
    }
    std::error_code ignored;
    fs::remove(runningFile(folder_), ignored);
}

} // namespace residuum
