#include "app/window/empty_state.h"

#include "core/checkpoint/hub.h"
#include "widgets/panels/flow_layout.h"
#include "widgets/workspace/workspace.h"

#include <QGroupBox>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

namespace residuum {

namespace {

/// A list of buttons under a title, and the frame around both.
std::pair<QWidget*, QVBoxLayout*> makeList(const QString& title) {
    auto* choices = new QWidget;
    auto* list = new QVBoxLayout(choices);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(choices);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* box = new QGroupBox(title);
    auto* layout = new QVBoxLayout(box);
    layout->addWidget(scroll);
    return {box, list};
}

} // namespace

EmptyState::EmptyState(Workspace& workspace, std::function<QStringList()> recent, QWidget* parent)
    : QWidget(parent), workspace_(workspace), recentModels_(std::move(recent)) {
    auto* title = new QLabel(tr("No model is open."));
    auto font = title->font();
    font.setBold(true);
    title->setFont(font);
    auto* how =
        new QLabel(tr("A model is a folder in Hugging Face layout: open it here, drop it on "
                      "the window, or name it on the command line. Models stand side by "
                      "side; results (.h5) and sessions (.residuum) open likewise."));
    how->setWordWrap(true);
    const auto [recentBox, recentList] = makeList(tr("Opened before"));
    const auto [hubBox, hubList] = makeList(tr("In the local Hugging Face cache"));
    recent_ = recentList;
    hub_ = hubList;
    auto* lists = new QHBoxLayout;
    lists->addWidget(recentBox, 1);
    lists->addWidget(hubBox, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(12);
    layout->addWidget(title);
    layout->addWidget(how);
    layout->addWidget(makeButtons());
    layout->addLayout(lists, 1);
}

QWidget* EmptyState::makeButtons() {
    auto* bar = new QWidget;
    auto* row = new FlowLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    const auto add = [&](const QString& title, auto signal) {
        auto* button = new QPushButton(title);
        connect(button, &QPushButton::clicked, this, signal);
        row->addWidget(button);
    };
    add(tr("Open a &folder …"), &EmptyState::folderWanted);
    auto* demo = new QPushButton(tr("Open the &demo models"));
    connect(demo, &QPushButton::clicked, this, [this] {
        Q_EMIT wanted({QStringLiteral("demo:original"), QStringLiteral("demo:vanilla"),
                       QStringLiteral("demo:ln-free")});
    });
    row->addWidget(demo);
    add(tr("Open a res&ult …"), &EmptyState::resultWanted);
    add(tr("Open a &session …"), &EmptyState::sessionWanted);
    return bar;
}

void EmptyState::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    // A window that is about to open models shows this for no moment, and must not look for any.
    QTimer::singleShot(0, this, [this] {
        if (isVisible())
            refresh();
    });
}

void EmptyState::refresh() {
    showChoices(recent_, recentModels_(), tr("no model was opened yet"));
    showChoices(hub_, {}, tr("looking …"));
    workspace_.listHub([this, shown = QPointer<EmptyState>(this)](const QStringList& ids) {
        if (shown)
            showChoices(
                hub_, ids,
                tr("no GPT-2 in %1").arg(QString::fromStdString(hubCacheFolder().string())));
    });
}

void EmptyState::showChoices(QVBoxLayout* list, const QStringList& named, const QString& none) {
    while (auto* item = list->takeAt(0)) {
        if (auto* widget = item->widget()) {
            widget->hide();
            widget->deleteLater(); // it may just have been clicked
        }
        delete item;
    }
    for (const auto& each : named) {
        auto* button =
            new QPushButton(QString(each).replace(QLatin1Char('&'), QLatin1String("&&")));
        button->setFlat(true);
        button->setStyleSheet(QStringLiteral("text-align: left; padding: 2px 6px"));
        connect(button, &QPushButton::clicked, this, [this, each] { Q_EMIT wanted({each}); });
        list->addWidget(button);
    }
    if (named.isEmpty())
        list->addWidget(new QLabel(none));
    list->addStretch(1);
}

} // namespace residuum
