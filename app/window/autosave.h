// Keeps the session on disk while one works, and finds it again after a crash.
#pragma once

#include "analysis/question/session.h"
#include "widgets/workspace/background_work.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace residuum {

/// A session that the program kept by itself.
struct KeptSession {
    std::filesystem::path file;
    std::filesystem::file_time_type written;
    bool afterCrash = false; ///< of a window that never closed; else it was closed
    Session session;
};

/// FOLDER/running-PROCESS.residuum while the window is open (PROCESS: number, start and boot),
/// FOLDER/last.residuum once it was closed, FOLDER/earlier-TIME.residuum what another session would
/// have replaced. Nothing is ever written over but by its successor. GUI thread only.
class Autosave : public QObject {
    Q_OBJECT

  public:
    Autosave(std::filesystem::path folder, std::function<Session()> session, BackgroundWork& files,
             QObject* parent = nullptr);

    /// $RESIDUUM_STATE, else $XDG_STATE_HOME/residuum, else ~/.local/state/residuum.
    static std::filesystem::path defaultFolder();
    /// Of this process.
    static std::filesystem::path runningFile(const std::filesystem::path& folder);
    /// What is kept in a folder and no running window's, the newest first. Files that cannot be
    /// read are passed over; sessions without models and results too. Reads files.
    static std::vector<KeptSession> kept(const std::filesystem::path& folder);

    /// Begins with the newest session that is kept: a crashed window's becomes this one's, and the
    /// last one is kept beside it. Empty: there is none.
    std::optional<KeptSession> recover();
    const std::filesystem::path& folder() const { return folder_; }
    /// Keeps the session as it is now under a name of its own, before another replaces it.
    void setAside();

  public Q_SLOTS:
    /// Writes soon, once for many changes.
    void changed() { timer_.start(); }
    /// Writes the session as the last one and removes the running one; waits for the disk.
    void finish();

  Q_SIGNALS:
    void failed(const QString& sentence);

  private:
    void write();

    std::filesystem::path folder_;
    std::function<Session()> session_;
    BackgroundWork& files_;
    QTimer timer_;
    bool continuesLast_ = false; ///< last.residuum is what this window began with
    bool told_ = false;          ///< that it fails: once is enough
};

} // namespace residuum
