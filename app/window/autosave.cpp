#include "app/window/autosave.h"

#include "core/store/atomic_file.h"
#include "core/task/error.h"

#include <QtGlobal>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <unistd.h>
#include <vector>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr const char* runningPrefix = "running-";

/// Of running-PID.residuum; 0 for any other name.
pid_t processOf(const fs::path& file) {
    const auto stem = file.stem().string();
    if (!stem.starts_with(runningPrefix) || file.extension() != ".residuum")
        return 0;
    return static_cast<pid_t>(std::atol(stem.c_str() + std::string_view(runningPrefix).size()));
}

bool isAlive(pid_t process) {
    return process == ::getpid() || ::kill(process, 0) == 0 || errno == EPERM;
}

void writeSession(const fs::path& file, const std::string& text) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    writeAtomically(file, text);
}

} // namespace

Autosave::Autosave(fs::path folder, std::function<Session()> session, BackgroundFiles& files,
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

fs::path Autosave::runningFile() const {
    return folder_ / (runningPrefix + std::to_string(::getpid()) + ".residuum");
}

std::optional<RecoveredSession> Autosave::recover() const {
    const auto read = [](const fs::path& file) -> std::optional<Session> {
        try {
            return readSession(file);
        } catch (const Error&) {
            return std::nullopt;
        }
    };
    std::error_code error;
    std::optional<fs::path> newest;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
        const auto process = processOf(at->path());
        std::error_code gone;
        if (process > 0 && !isAlive(process) &&
            (!newest || fs::last_write_time(at->path(), gone) > fs::last_write_time(*newest, gone)))
            newest = at->path();
    }
    if (newest) {
        auto session = read(*newest);
        fs::remove(*newest, error);
        if (session)
            return RecoveredSession{*std::move(session), true};
    }
    if (auto session = read(folder_ / "last.residuum"))
        return RecoveredSession{*std::move(session), false};
    return std::nullopt;
}

void Autosave::write() {
    files_.run([file = runningFile(), text = toText(session_())] { writeSession(file, text); },
               [this](const QString& problem) {
                   if (!problem.isEmpty() && !std::exchange(told_, true))
                       Q_EMIT failed(tr("The session is not kept while you work: %1").arg(problem));
               });
}

void Autosave::finish() {
    timer_.stop();
    files_.wait();
    try {
        writeSession(folder_ / "last.residuum", toText(session_()));
    } catch (const Error&) {
        return; // the running one stays and will be found
    }
    std::error_code ignored;
    fs::remove(runningFile(), ignored);
}

} // namespace residuum
