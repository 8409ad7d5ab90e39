// Models that could not be opened: a line each, with what to do.
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace residuum {

class Workspace;

/// Takes no room while there are none. GUI thread only.
class FailedModels : public QWidget {
    Q_OBJECT

  public:
    /// `workspace` must outlive this.
    explicit FailedModels(Workspace& workspace, QWidget* parent = nullptr);

  private:
    void refresh();

    Workspace& workspace_;
    QVBoxLayout* lines_;
};

} // namespace residuum
