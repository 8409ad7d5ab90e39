// Keeps the session on disk while one works, and finds it again after a crash.
#pragma once

#include "analysis/session/session.h"
#include "app/window/background_files.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>

namespace residuum {

struct RecoveredSession {
    Session session;
    bool afterCrash = false;
};

/// FOLDER/running-PID.residuum while the window is open, FOLDER/last.residuum once it was closed.
/// GUI thread only.
class Autosave : public QObject {
    Q_OBJECT

  public:
    Autosave(std::filesystem::path folder, std::function<Session()> session, BackgroundFiles& files,
             QObject* parent = nullptr);

    /// $RESIDUUM_STATE, else $XDG_STATE_HOME/residuum, else ~/.local/state/residuum.
    static std::filesystem::path defaultFolder();
    /// The session of a window that crashed (which is then no longer there to be found), else the
    /// last one that was closed. Files that cannot be read are passed over.
    std::optional<RecoveredSession> recover() const;

  public Q_SLOTS:
    /// Writes soon, once for many changes.
    void changed() { timer_.start(); }
    /// Writes the session as the last one and removes the running one; waits for the disk.
    void finish();

  Q_SIGNALS:
    void failed(const QString& sentence);

  private:
    std::filesystem::path runningFile() const;
    void write();

    std::filesystem::path folder_;
    std::function<Session()> session_;
    BackgroundFiles& files_;
    QTimer timer_;
    bool told_ = false; ///< that it fails: once is enough
};

} // namespace residuum
