// What the window does with one thing: its menu, its attention.
#include "app/window/main_window.h"
#include "widgets/panels/attention_view.h"
#include "widgets/panels/inspector.h"
#include "widgets/panels/question_panel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QMenu>

namespace residuum {

namespace {

void copy(const QString& text) {
    QApplication::clipboard()->setText(text);
}

} // namespace

void MainWindow::makeAttention() {
    attention_ = new AttentionView(*workspace_);
    attentionDock_ = new QDockWidget(tr("Attention"));
    attentionDock_->setObjectName(QStringLiteral("attentionDock"));
    attentionDock_->setWidget(attention_);
    addDockWidget(Qt::BottomDockWidgetArea, attentionDock_);
    attentionDock_->hide();
    connect(inspector_, &Inspector::attentionWanted, this, &MainWindow::showAttention);
    connect(attention_, &AttentionView::exportWanted, this, &MainWindow::exportAttention);
    connect(attention_, &AttentionView::menuWanted, this, &MainWindow::showThingMenu);
    for (const auto& tab : tabs_)
        connect(tab.panel, &QuestionPanel::menuWanted, this, &MainWindow::showThingMenu);
}

void MainWindow::showAttention() {
    attentionDock_->show();
    attentionDock_->raise();
}

void MainWindow::exportAttention() {
    const auto view = QStringLiteral("attention");
    auto* dialog =
        openExport({{view, tr("attention of a head"), {}}}, view,
                   [this](FigureRequest& request) { return attention_->figure(request); });
    connect(attention_, &AttentionView::refreshed, dialog, &ExportDialog::refresh);
}

/// Not modal, so that what is computed goes on being shown.
void MainWindow::showThingMenu(const Thing& thing, const QString& text, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("thingMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto name = QString::fromStdString(label(thing));
    menu->addAction(tr("Copy &value"), this, [text] { copy(text); });
    menu->addAction(tr("Copy &name"), this, [name] { copy(name); });
    menu->addSeparator();
    if (workspace_->pinOf(thing) == nullptr)
        menu->addAction(tr("&Pin %1").arg(name), this, [this, thing] { workspace_->pin(thing); });
    else
        menu->addAction(tr("&Unpin %1").arg(name), this,
                        [this, thing] { workspace_->unpin(thing); });
    const auto* component = std::get_if<Component>(&thing);
    if (component != nullptr && component->kind == ComponentKind::Head)
        menu->addAction(tr("Show &attention"), this, [this, thing] {
            workspace_->pin(thing);
            showAttention();
        });
    for (const auto& tab : tabs_)
        if (const auto offer = tab.panel->offer(thing); !offer.isEmpty())
            menu->addAction(offer, this, [this, thing, panel = tab.panel] {
                panel->takeUp(thing);
                showPanel(*panel);
            });
    menu->addSeparator();
    menu->addAction(tr("&Export figure …"), this, &MainWindow::exportFigure);
    menu->popup(at);
}

} // namespace residuum
