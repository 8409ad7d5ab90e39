// The menu of sessions that the program kept by itself.
#pragma once

#include "app/window/autosave.h"

#include <functional>

class QMenu;

namespace residuum {

/// Fills `menu` with what `folder` keeps, read beside the GUI thread; `open` gets the one that the
/// user chooses, whose file stays until the user forgets all.
void fillKeptSessions(QMenu& menu, const std::filesystem::path& folder, BackgroundWork& files,
                      const std::function<void(const KeptSession&)>& open);

/// "2026-11-27 10:05 · original, ln-free · “Then, Mary …”".
QString keptSessionTitle(const KeptSession& kept);

} // namespace residuum
