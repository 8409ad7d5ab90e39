#include "app/window/kept_sessions_menu.h"

#include <QDateTime>
#include <QMenu>
#include <QPointer>

#include <chrono>
#include <memory>

namespace residuum {

namespace {

constexpr qsizetype shownPrompt = 40; ///< characters

QDateTime timeOf(const KeptSession& kept) {
    const auto system = std::chrono::file_clock::to_sys(kept.written);
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::milliseconds>(system.time_since_epoch()).count());
}

void forget(const std::vector<KeptSession>& sessions) {
    for (const auto& kept : sessions) {
        std::error_code ignored; // what has gone is forgotten
        std::filesystem::remove(kept.file, ignored);
    }
}

} // namespace

QString keptSessionTitle(const KeptSession& kept) {
    QStringList models;
    for (const auto& model : kept.session.models)
        models << QString::fromStdString(std::filesystem::path(model).filename().string());
    for (const auto& result : kept.session.results)
        models << QString::fromStdString(std::filesystem::path(result).filename().string());
    auto prompt = QString::fromStdString(kept.session.prompt.text).simplified();
    if (prompt.size() > shownPrompt)
        prompt = prompt.left(shownPrompt) + QStringLiteral("…");
    return QStringLiteral("%1 · %2 · “%3”")
        .arg(timeOf(kept).toString(QStringLiteral("yyyy-MM-dd HH:mm")),
             models.join(QStringLiteral(", ")), prompt);
}

void fillKeptSessions(QMenu& menu, const std::filesystem::path& folder, BackgroundWork& files,
                      const std::function<void(const KeptSession&)>& open) {
    menu.clear();
    menu.addAction(QObject::tr("looking …"))->setEnabled(false);
    const auto found = std::make_shared<std::vector<KeptSession>>();
    files.run([found, folder] { *found = Autosave::kept(folder); },
              [found, open, &files, shown = QPointer<QMenu>(&menu)](const QString&) {
                  if (!shown)
                      return;
                  shown->clear();
                  for (const auto& kept : *found) {
                      auto title = keptSessionTitle(kept);
                      if (kept.afterCrash)
                          title += QObject::tr(" · ended unexpectedly");
                      shown->addAction(title.replace(QLatin1Char('&'), QStringLiteral("&&")), shown,
                                       [open, kept] { open(kept); });
                  }
                  if (found->empty()) {
                      shown->addAction(QObject::tr("none are kept"))->setEnabled(false);
                      return;
                  }
                  shown->addSeparator();
                  shown->addAction(QObject::tr("Forget all of these"), shown, [found, &files] {
                      files.run([found] { forget(*found); }, [](const QString&) {});
                  });
              });
}

} // namespace residuum
