// The menu that orders, closes and reopens models.
#pragma once

#include <QObject>

class QAction;
class QMenu;

namespace residuum {

class Workspace;

/// Fills `menu` whenever it is about to show, a submenu per model. GUI thread only.
class ModelsMenu : public QObject {
    Q_OBJECT

  public:
    /// `workspace` must outlive `menu`, which owns this.
    ModelsMenu(Workspace& workspace, QMenu& menu);

  Q_SIGNALS:
    /// A model is to be chosen that takes the place of all that are open.
    void replacementWanted();
    /// The user wants to call a column something else.
    void renamingWanted(int id);

  private:
    void refresh();
    void addColumns();
    void addHidden();

    Workspace& workspace_;
    QMenu& menu_;
    QAction* reopen_;
    QAction* closeAll_;
    QAction* end_; ///< what is made anew for each column follows it
};

} // namespace residuum
