#include "app/window/models_menu.h"

#include "widgets/workspace/workspace.h"

#include <QFileInfo>
#include <QMenu>

namespace residuum {

ModelsMenu::ModelsMenu(Workspace& workspace, QMenu& menu)
    : QObject(&menu), workspace_(workspace), menu_(menu) {
    menu.addAction(tr("Open &instead of these …"), this, &ModelsMenu::replacementWanted);
    reopen_ = menu.addAction(QString(), QKeySequence(tr("Ctrl+Shift+T")), &workspace,
                             &Workspace::reopenClosed);
    closeAll_ =
        menu.addAction(tr("Close &all"), &workspace, [&workspace] { workspace.closeOthers(-1); });
    end_ = menu.addSeparator();
    connect(&menu, &QMenu::aboutToShow, this, &ModelsMenu::addColumns);
    connect(&workspace, &Workspace::columnsChanged, this, &ModelsMenu::refresh);
    refresh();
}

void ModelsMenu::refresh() {
    const auto closed = workspace_.lastClosed();
    reopen_->setEnabled(!closed.isEmpty());
    reopen_->setText(closed.isEmpty() ? tr("&Reopen what was closed")
                                      : tr("&Reopen %1").arg(QFileInfo(closed).fileName()));
    closeAll_->setEnabled(!workspace_.columns().empty());
}

void ModelsMenu::addColumns() {
    for (auto* action : menu_.actions().mid(menu_.actions().indexOf(end_) + 1)) {
        menu_.removeAction(action);
        action->menu()->deleteLater(); // one of its entries may just be at work
    }
    const auto& columns = workspace_.columns();
    for (std::size_t place = 0; place < columns.size(); ++place) {
        const int id = columns[place].id;
        auto* own = menu_.addMenu(columns[place].name);
        const auto add = [&](const QString& title, bool isPossible, auto act) {
            own->addAction(title, &workspace_, act)->setEnabled(isPossible);
        };
        auto* workspace = &workspace_;
        add(tr("Move &left"), place > 0, [workspace, id] { workspace->moveColumn(id, -1); });
        add(tr("Move &right"), place + 1 < columns.size(),
            [workspace, id] { workspace->moveColumn(id, 1); });
        const bool isControl = columns[place].isControl;
        add(isControl ? tr("No con&trol any more") : tr("Is the con&trol of the others"), true,
            [workspace, id, isControl] { workspace->setControl(isControl ? -1 : id); });
        own->addAction(tr("R&ename …"), this, [this, id] { Q_EMIT renamingWanted(id); });
        add(tr("&Hide"), columns[place].state != ModelColumn::State::Opening,
            [workspace, id] { workspace->hideColumn(id); });
        add(tr("&Close"), true, [workspace, id] { workspace->closeModel(id); });
        add(tr("Close the &others"), columns.size() > 1,
            [workspace, id] { workspace->closeOthers(id); });
    }
    addHidden();
}

void ModelsMenu::addHidden() {
    for (const auto& column : workspace_.hidden()) {
        auto* own = menu_.addMenu(tr("%1 (hidden)").arg(column.name));
        own->addAction(tr("&Show"), &workspace_,
                       [this, id = column.id] { workspace_.showColumn(id); });
    }
}

} // namespace residuum
